import Domain

/// A login at a bastion, through which connections to databases behind it are forwarded. Closes when released.
final class Tunnel: Sendable {
    /// The key that the bastion showed.
    let hostKey: HostKeyPin

    init(hostKey: HostKeyPin) {
        self.hostKey = hostKey
    }

    /// False as soon as the bastion hung up or fell silent, and after `close`. Cheap.
    var isAlive: Bool { fatalError("SSH helper") }

    /// Asks the bastion for a connection to `host:port` and, once it stands, listens on a loopback port.
    ///
    /// The port takes one TCP connection, from this process only, until the deadline; then nobody's. Whatever the
    /// database sent before is delivered first. When either side closes, so does the other; when the tunnel dies, the
    /// local connection is closed at once. Errors have the stage `tunnel` and blame the database unless the tunnel died.
    func forward(toHost host: String, port: Int, deadline: Deadline) async throws(VisitError) -> ForwardedPort {
        fatalError("SSH helper")
    }

    /// Hangs up and closes all forwarded connections. Does not wait; may be called more than once.
    func close() {
        fatalError("SSH helper")
    }
}

/// The local end of one forwarded connection: connect once to `127.0.0.1:port`.
final class ForwardedPort: Sendable {
    let port: Int

    init(port: Int) {
        self.port = port
    }

    /// Closes the listener and the connection; closing the client's own socket does as well.
    func close() {
        fatalError("SSH helper")
    }
}
