import Foundation

/// An IP address; an IPv4 address written as IPv6 is the IPv4 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16.
    let bytes: [UInt8]

    /// `nil` if the text is no address.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = withUnsafeBytes(of: v4) { Array($0) }
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            let long = withUnsafeBytes(of: v6) { Array($0) }
            let isMapped = long[..<10].allSatisfy { $0 == 0 } && long[10] == 0xFF && long[11] == 0xFF
            bytes = isMapped ? Array(long[12...]) : long
        } else {
            return nil
        }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// What one customer of a provider holds: the address itself, or the /64 of an IPv6 address.
    var household: IPAddress {
        bytes.count == 4 ? self : IPAddress(bytes: bytes[..<8] + [UInt8](repeating: 0, count: 8))
    }

    /// As the system writes it.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// An address, or a block of addresses written as `address/bits`; IPv4 written as IPv6 is IPv4.
package struct IPBlock: Hashable, Sendable {
    private let network: IPAddress
    private let bits: Int

    /// `nil` if the text is neither.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let network = IPAddress(parts[0]) else { return nil }
        let width = network.bytes.count * 8
        // The bits of `::ffff:10.0.0.0/104` count from the start of the long form.
        let ahead = width == 32 && parts[0].contains(":") ? 96 : 0
        guard let bits = parts.count == 1 ? width : Int(parts[1]).map({ $0 - ahead }), (0...width).contains(bits)
        else { return nil }
        self.network = network
        self.bits = bits
    }

    func contains(_ address: IPAddress) -> Bool {
        guard network.bytes.count == address.bytes.count else { return false }
        return zip(network.bytes, address.bytes).enumerated().allSatisfy { index, pair in
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> min(max(bits - index * 8, 0), 8))
            return pair.0 & mask == pair.1 & mask
        }
    }
}

/// The addresses whose word about the client is believed.
struct TrustedProxies: Sendable {
    let blocks: [IPBlock]

    /// The client behind `peer`: the rightmost address of `X-Forwarded-For` that is no trusted proxy, as far as
    /// trusted proxies wrote it.
    func client(peer: IPAddress, forwardedFor: String?) -> IPAddress {
        var client = peer
        var hops = (forwardedFor ?? "").split(separator: ",").map(Self.withoutPort)
        while blocks.contains(where: { $0.contains(client) }), let hop = hops.popLast(), let address = IPAddress(hop) {
            client = address
        }
        return client
    }

    /// Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`.
    private static func withoutPort(_ hop: Substring) -> Substring {
        let hop = hop.drop(while: \.isWhitespace)
        if hop.first == "[" { return hop.dropFirst().prefix { $0 != "]" } }
        let address = hop.prefix { !$0.isWhitespace }
        return address.count { $0 == ":" } == 1 ? address.prefix { $0 != ":" } : address
    }
}
