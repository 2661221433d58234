import Domain
import Synchronization

/// A login at a bastion, through which connections to databases behind it are forwarded. Closes when released.
final class Tunnel: Sendable {
    /// The key that the bastion showed.
    let hostKey: HostKeyPin

    private let id: TunnelID
    private let inbox: ReactorInbox
    private let pulse: TunnelPulse

    init(id: TunnelID, hostKey: HostKeyPin, inbox: ReactorInbox, pulse: TunnelPulse) {
        self.id = id
        self.hostKey = hostKey
        self.inbox = inbox
        self.pulse = pulse
    }

    deinit { close() }

    /// False as soon as the bastion hung up, the network lost it, or `close` was called. Cheap.
    var isAlive: Bool { pulse.isAlive }

    /// Asks the bastion for a connection to `host:port` and, once it stands, listens on a loopback port.
    ///
    /// The port takes one TCP connection, from this process only, until the deadline; then nobody's. Whatever the
    /// database sent before is delivered first. When either side closes, so does the other; when the tunnel dies, the
    /// local connection is closed at once. Errors have the stage `tunnel` and blame the database unless the tunnel died.
    func forward(toHost host: String, port: Int, deadline: Deadline) async throws(VisitError) -> ForwardedPort {
        let request = ForwardRequest(
            tunnel: id, id: ForwardingID(number: inbox.nextNumber()), host: host, port: port, deadline: deadline,
            reply: Reply())
        guard isAlive, inbox.send(.forward(request)) else {
            throw SSHFault.lost(stage: .tunnel, detail: "tunnel closed")
        }
        do {
            let port = try await request.reply.value(cancelled: SSHFault.cancelled(stage: .tunnel, blaming: .database))
            return ForwardedPort(port: port, tunnel: id, id: request.id, inbox: inbox)
        } catch {
            _ = inbox.send(.closeForwarding(tunnel: id, id: request.id))
            throw error
        }
    }

    /// Hangs up and closes all forwarded connections. Does not wait; may be called more than once.
    func close() {
        guard pulse.stop() else { return }
        _ = inbox.send(.closeTunnel(id))
    }
}

/// Whether a tunnel lives; written by the reactor and by `close`, read by anyone.
final class TunnelPulse: Sendable {
    private let beats = Atomic(true)

    var isAlive: Bool { beats.load(ordering: .acquiring) }

    /// True for the first caller.
    @discardableResult
    func stop() -> Bool { beats.exchange(false, ordering: .acquiringAndReleasing) }
}

/// The local end of one forwarded connection: connect once to `127.0.0.1:port`. Stays open when released.
final class ForwardedPort: Sendable {
    let port: Int

    private let tunnel: TunnelID
    private let id: ForwardingID
    private let inbox: ReactorInbox

    init(port: Int, tunnel: TunnelID, id: ForwardingID, inbox: ReactorInbox) {
        self.port = port
        self.tunnel = tunnel
        self.id = id
        self.inbox = inbox
    }

    /// Closes the listener and the connection; closing the client's own socket does as well.
    func close() {
        _ = inbox.send(.closeForwarding(tunnel: tunnel, id: id))
    }
}
