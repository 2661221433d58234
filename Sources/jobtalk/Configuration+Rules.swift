import Foundation
import Web

/// What the values of the configuration look like.
extension Configuration {
    /// Only what never leaves this machine, whatever the resolver says.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && IPAddress(host) != nil)
    }

    /// `*`, or scheme, host and port as a browser sends them: no path, no slash at the end.
    static func isOrigin(_ text: String) -> Bool {
        if text == "*" { return true }
        guard let url = URLComponents(string: text), let scheme = url.scheme, let host = url.host else { return false }
        return ["http", "https"].contains(scheme) && !host.isEmpty && url.path.isEmpty && url.query == nil
            && url.fragment == nil && url.user == nil
    }
}
