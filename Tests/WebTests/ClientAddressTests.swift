import Testing

@testable import Web

@Suite("Who the client is")
struct ClientAddressTests {
    @Test(
        "Only trusted proxies are believed, from the right",
        arguments: [
            ("192.0.2.9", "203.0.113.1", "192.0.2.9"), ("10.0.0.1", nil, "10.0.0.1"),
            ("10.0.0.1", "203.0.113.1", "203.0.113.1"), ("10.0.0.1", "1.1.1.1, 203.0.113.1", "203.0.113.1"),
            ("10.0.0.1", "203.0.113.1, 10.9.9.9", "203.0.113.1"), ("10.0.0.1", "203.0.113.1:4711", "203.0.113.1"),
            ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"), ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
            ("10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1"), ("10.0.0.1", "", "10.0.0.1"),
            ("::ffff:10.0.0.1", "203.0.113.1", "203.0.113.1"), ("fd00::1", "203.0.113.1", "203.0.113.1"),
            ("fd01::1", "203.0.113.1", "fd01::1"), ("10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"),
        ] as [(String, String?, String)])
    func findsClient(_ peer: String, _ forwarded: String?, _ client: String) throws {
        let proxies = TrustedProxies(blocks: ["10.0.0.0/8", "fd00::/16"].compactMap(IPBlock.init))
        let address = try #require(IPAddress(peer))
        #expect(proxies.client(peer: address, forwardedFor: forwarded).description == client)
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", "localhost", "10.0.0.0/33", "10.0.0.0/", "1.2.3", "::1/129", "::ffff:10.0.0.0/8", "10.0.0.0/-1",
        ])
    func refusesNonsense(_ text: String) {
        #expect(IPBlock(text) == nil)
    }

    @Test("A block of IPv4 addresses may be written as IPv6")
    func takesMappedBlocks() throws {
        let block = try #require(IPBlock("::ffff:10.0.0.0/104"))
        #expect(block == IPBlock("10.0.0.0/8"))
        #expect(IPBlock("::ffff:10.0.0.1/128") == IPBlock("10.0.0.1"))
        #expect(block.contains(try #require(IPAddress("10.9.9.9"))))
        #expect(!block.contains(try #require(IPAddress("11.0.0.1"))))
    }

    @Test("Neighbours in an IPv6 network of one customer count as one")
    func joinsHouseholds() throws {
        let one = try #require(IPAddress("2001:db8:1:2::1")), two = try #require(IPAddress("2001:db8:1:2:3:4:5:6"))
        #expect(one.household == two.household)
        #expect(try #require(IPAddress("192.0.2.1")).household != IPAddress("192.0.2.2")?.household)
    }
}

@Suite("Entity tags")
struct EntityTagTests {
    @Test(
        "If-None-Match is a list, weak or strong, of either form",
        arguments: [
            ("\"a\"", "\"a\""), ("W/\"a\"", "\"a\""), ("\"b\", \"a\"", "\"a\""), ("\"b\",W/\"a\" ", "\"a\""),
            ("*", "\"a\""),
            ("\"a-gzip\"", "\"a-gzip\""), ("\"a-gzip\", \"a\"", "\"a\""), ("\"b\"", nil), ("a", nil), ("", nil),
            ("\"A\"", nil), ("\"-gzip\"", nil), ("a-gzip", nil), ("\"a-gzip-gzip\"", nil),
        ] as [(String, String?)])
    func matches(_ header: String, _ tag: String?) {
        #expect(EntityTag.known(header, "\"a\"") == tag)
    }

    @Test(
        "What a tag says is the same in either form",
        arguments: ["\"a-1\"", "W/\"a-1\"", "\"a-1-gzip\"", "W/\"a-1-gzip\"", " a-1 ", "a-1"])
    func says(_ tag: String) {
        #expect(EntityTag.content(of: tag) == "a-1")
    }

    @Test("What is no tag says nothing that is one", arguments: ["", "\"", "\"\"", "-gzip", "\"-gzip\"", "W/"])
    func saysNothing(_ tag: String) {
        #expect(["", "\"", "-gzip"].contains(EntityTag.content(of: tag)))
    }
}
