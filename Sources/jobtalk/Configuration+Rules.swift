import Foundation

/// What the values of the configuration look like.
extension Configuration {
    /// Only what never leaves this machine, whatever the resolver says.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && IPBlock.isValid(host))
    }

    /// `*`, or scheme, host and port as a browser sends them: no path, no slash at the end.
    static func isOrigin(_ text: String) -> Bool {
        if text == "*" { return true }
        guard let url = URLComponents(string: text), let scheme = url.scheme, let host = url.host else { return false }
        return ["http", "https"].contains(scheme) && !host.isEmpty && url.path.isEmpty && url.query == nil
            && url.fragment == nil && url.user == nil
    }
}

/// An address, or a block of addresses as `address/bits`.
enum IPBlock {
    static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let width = width(of: parts[0]) else { return false }
        guard parts.count == 2 else { return true }
        return Int(parts[1]).map { (0...width).contains($0) } ?? false
    }

    /// 32 or 128 bits; `nil` if it is no address.
    private static func width(of address: String) -> Int? {
        var buffer = in6_addr()
        if inet_pton(AF_INET, address, &buffer) == 1 { return 32 }
        return inet_pton(AF_INET6, address, &buffer) == 1 ? 128 : nil
    }
}
