import Domain

/// Finds and reaches hosts without blocking a cooperative thread or the reactor: each call has a thread of its own.
enum Dialer {
    /// Whom an error blames.
    enum Peer: Sendable {
        case bastion
        case database
    }

    /// The numeric addresses of a host, in the order to try them. Throws at stage `resolve`.
    static func resolve(
        host: String, port: Int, peer: Peer, deadline: Deadline
    ) async throws(VisitError) -> [SocketAddress] {
        fatalError("SSH helper")
    }

    /// A connected, non-blocking socket to the first address that answers; the caller closes it.
    ///
    /// Throws at stage `ssh-connect` or `db-connect`. Ends at once when cancelled.
    static func connect(
        to addresses: [SocketAddress], peer: Peer, deadline: Deadline
    ) async throws(VisitError) -> Int32 {
        fatalError("SSH helper")
    }
}

/// One numeric IPv4 or IPv6 address with its port.
struct SocketAddress: Sendable, CustomStringConvertible {
    /// Such as `10.0.0.7` or `::1`.
    let host: String
    let port: Int

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
