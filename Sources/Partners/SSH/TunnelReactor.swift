import Domain
import Foundation
import Glibc
import Logging
import Synchronization

/// Drives every SSH tunnel of the process on one thread.
///
/// libssh's handles are touched by that thread alone; everyone else speaks to it through the inbox.
final class TunnelReactor: Sendable {
    private let inbox: ReactorInbox

    /// Starts the thread. Throws if the system gives no descriptor.
    ///
    /// `keepAlive` is how long a tunnel is silent before a sign of life is sent; a peer that leaves it unacknowledged
    /// for as long is taken for dead.
    init(logger: Logger, keepAlive: Duration = .seconds(30)) throws {
        let inbox = try ReactorInbox()
        self.inbox = inbox
        let thread = Thread { ReactorLoop(inbox: inbox, keepAlive: keepAlive, logger: logger).run() }
        thread.name = "ssh-reactor"
        thread.start()
    }

    /// Ends the thread, though nobody waits for it. A process that exits while it runs may crash in OpenSSL's own
    /// clean-up; so `shutdown` is the way.
    deinit { _ = inbox.send(.shutdown(Reply())) }

    /// Resolves, connects, checks the host key and logs in, in that order; tells each stage as it begins
    /// (`resolve`, `ssh-connect`, `ssh-host-key`, `ssh-auth`), from any thread.
    ///
    /// Ends at once when cancelled, leaving nothing open. Throws `VisitError` of those stages.
    func open(
        _ login: SSHLogin, deadline: Deadline, progress: @escaping @Sendable (ConnectionStage) -> Void
    ) async throws(VisitError) -> Tunnel {
        let progress = StageProgress(progress).begin
        progress(.resolve)
        let addresses = try await Dialer.resolve(
            host: login.host, port: login.port, peer: .bastion, deadline: deadline)
        progress(.sshConnect)
        var search = HostKeySearch(pin: login.hostKey)
        while true {
            let socket = try await Dialer.connect(to: addresses, peer: .bastion, deadline: deadline)
            let outcome = try await logIn(login, socket, search.algorithms, deadline, progress)
            switch outcome {
            case .opened(let tunnel): return tunnel
            case .otherKey(let shown):
                guard search.reject(shown) else { throw search.fault(nil) }
            case .noCommonKeyType(let end):
                guard search.rejectTypes() else { throw search.fault(end) }
            }
        }
    }

    /// Closes every tunnel and ends the thread; returns when it has ended. Later calls of `open` fail.
    func shutdown() async {
        let ended = Reply<Void>()
        guard inbox.send(.shutdown(ended)) else { return }
        await ended.valueEvenIfCancelled()
    }

    private func logIn(
        _ login: SSHLogin, _ socket: Int32, _ hostKeyAlgorithms: String, _ deadline: Deadline,
        _ progress: @escaping @Sendable (ConnectionStage) -> Void
    ) async throws(VisitError) -> Handshake.Outcome {
        let handshake = Handshake(
            id: TunnelID(number: inbox.nextNumber()), login: login, socket: socket,
            hostKeyAlgorithms: hostKeyAlgorithms, deadline: deadline, progress: progress, reply: Reply())
        guard inbox.send(.open(handshake)) else {
            close(socket)
            throw SSHFault.shutDown(stage: .sshConnect)
        }
        do {
            return try await handshake.reply.value(
                cancelled: SSHFault.cancelled(stage: .sshConnect, blaming: .bastion))
        } catch {
            _ = inbox.send(.closeTunnel(handshake.id))
            throw error
        }
    }
}

/// Tells each stage once, though a server with several host keys is connected to more than once.
private final class StageProgress: Sendable {
    private let told = Mutex<Set<ConnectionStage>>([])
    private let tell: @Sendable (ConnectionStage) -> Void

    init(_ tell: @escaping @Sendable (ConnectionStage) -> Void) {
        self.tell = tell
    }

    @Sendable func begin(_ stage: ConnectionStage) {
        if told.withLock({ $0.insert(stage).inserted }) { tell(stage) }
    }
}
