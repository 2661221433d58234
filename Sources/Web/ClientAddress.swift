import Foundation

/// An IP address; an IPv4 address written as IPv6 is the IPv4 address.
struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16.
    let bytes: [UInt8]

    init?(_ text: some StringProtocol) {
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

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// The addresses whose word about the client is believed.
struct TrustedProxies: Sendable {
    private let blocks: [(network: IPAddress, bits: Int)]

    /// Reads addresses and CIDR blocks; throws the first that is neither.
    init(_ texts: [String]) throws {
        blocks = try texts.map { text in
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let network = IPAddress(parts[0]), let bits = Self.bits(parts.dropFirst().first, of: network) else {
                throw WebConfigurationError.notAnAddress(text)
            }
            return (network, bits)
        }
    }

    /// The client behind `peer`: the rightmost address of `X-Forwarded-For` that is no trusted proxy, as far as
    /// trusted proxies wrote it.
    func client(peer: IPAddress, forwardedFor: String?) -> IPAddress {
        var client = peer
        var hops = (forwardedFor ?? "").split(separator: ",").map(Self.withoutPort)
        while contains(client), let hop = hops.popLast(), let address = IPAddress(hop) {
            client = address
        }
        return client
    }

    private func contains(_ address: IPAddress) -> Bool {
        blocks.contains { network, bits in
            guard network.bytes.count == address.bytes.count else { return false }
            return zip(network.bytes, address.bytes).enumerated().allSatisfy { index, pair in
                let mask = UInt8(truncatingIfNeeded: 0xFF00 >> min(max(bits - index * 8, 0), 8))
                return pair.0 & mask == pair.1 & mask
            }
        }
    }

    private static func bits(_ text: Substring?, of network: IPAddress) -> Int? {
        let width = network.bytes.count * 8
        guard let text else { return width }
        guard let bits = Int(text), (0...width).contains(bits) else { return nil }
        return bits
    }

    /// Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`.
    private static func withoutPort(_ hop: Substring) -> Substring {
        let hop = hop.drop(while: \.isWhitespace)
        if hop.first == "[" { return hop.dropFirst().prefix { $0 != "]" } }
        let address = hop.prefix { !$0.isWhitespace }
        return address.count { $0 == ":" } == 1 ? address.prefix { $0 != ":" } : address
    }
}
