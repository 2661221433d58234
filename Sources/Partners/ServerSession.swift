import Domain
import Foundation
import Synchronization

/// A connection of a C client library. Every call blocks, and one thread at a time may make one.
protocol ServerHandle: StatementRunner, SendableMetatype {
    /// Connects and logs in; tells when the server has spoken and the login begins.
    ///
    /// A server that has not spoken at `greetingBy` is given up; once it has, the deadline alone counts.
    static func connected(
        _ login: DatabaseLogin, for purpose: Purpose, cut: SocketCut, deadline: Deadline, greetingBy: Deadline,
        onGreeting: () -> Void
    ) throws(LoginFailure) -> Self

    /// The sentence for an operator; made of our own words and what the operator configured, not of the server's.
    static func visitError(_ failure: LoginFailure, _ login: DatabaseLogin) -> VisitError

    var dialect: Dialect { get }
    /// As the server names it.
    var serverVersion: String { get }
    /// Has another connection end this one. Servers notice that their client is gone only when they have something to
    /// send.
    var ending: Ending { get }
}

/// A login at a database server.
///
/// Sound to share: the handle is used under `turn` only, and whatever cuts it off touches the socket alone.
final class ServerSession<Handle: ServerHandle>: PartnerSession, @unchecked Sendable {
    let dialect: Dialect
    let serverVersion: String
    let ending: Ending?
    private let pool: BlockingPool
    private let cut: SocketCut
    private let turn = NSLock()
    private let isClosed = Atomic(false)
    private var handle: Handle?

    private init(handle: Handle, cut: SocketCut, pool: BlockingPool) {
        self.handle = handle
        self.cut = cut
        self.pool = pool
        dialect = handle.dialect
        serverVersion = handle.serverVersion
        ending = handle.ending
    }

    /// Connects and logs in; gives up at `greetingBy` a server that is still silent. `onGreeting` comes, from another thread, when the server has spoken.
    static func open(
        _ login: DatabaseLogin, for purpose: Purpose = .reading, pool: BlockingPool, deadline: Deadline,
        greetingBy: Deadline? = nil, onGreeting: @escaping @Sendable () -> Void
    ) async throws(VisitError) -> ServerSession {
        let cut = SocketCut()
        let progress = Mutex(ConnectionStage.dbConnect)
        let result: Result<ServerSession, VisitError>
        do {
            result = try await pool.run(until: deadline, interrupt: { cut.cut() }) {
                Result { () throws(VisitError) in
                    let handle = try connect(
                        login, for: purpose, cut: cut, deadline: deadline, greetingBy: greetingBy ?? deadline
                    ) {
                        progress.withLock { $0 = .dbAuth }
                        onGreeting()
                    }
                    return ServerSession(handle: handle, cut: cut, pool: pool)
                }
            }
        } catch {
            throw VisitError(error, stage: progress.withLock { $0 }, deadline: deadline)
        }
        return try result.get()
    }

    private static func connect(
        _ login: DatabaseLogin, for purpose: Purpose, cut: SocketCut, deadline: Deadline, greetingBy: Deadline,
        onGreeting: () -> Void
    ) throws(VisitError) -> Handle {
        do throws(LoginFailure) {
            return try Handle.connected(
                login, for: purpose, cut: cut, deadline: deadline, greetingBy: greetingBy, onGreeting: onGreeting)
        } catch {
            if deadline.isPassed { throw VisitError(.deadline, stage: error.stage, deadline: deadline) }
            throw Handle.visitError(error, login)
        }
    }

    var isAlive: Bool { !isClosed.load(ordering: .sequentiallyConsistent) && cut.isQuiet }

    func run<Value: Sendable>(
        _ purpose: Purpose, until deadline: Deadline,
        _ work: @escaping @Sendable (any StatementRunner) throws(DatabaseFailure) -> Value
    ) async throws(SessionError) -> Value {
        let result: Result<Value, DatabaseFailure>
        do {
            result = try await pool.run(until: deadline, interrupt: { [cut] in cut.cut() }) { [self] in
                turn.withLock {
                    Result { () throws(DatabaseFailure) in
                        guard let handle, !isClosed.load(ordering: .sequentiallyConsistent) else {
                            throw DatabaseFailure.closed
                        }
                        return try work(handle)
                    }
                }
            }
        } catch {
            throw .abandoned(error)
        }
        do { return try result.get() } catch { throw .failed(error) }
    }

    /// Cuts off a call in progress; otherwise takes leave of the server.
    func close() {
        isClosed.store(true, ordering: .sequentiallyConsistent)
        if turn.try() { turn.unlock() } else { cut.cut() }
        pool.enqueue { [self] in turn.withLock { handle = nil } }
    }
}

extension DatabaseFailure {
    /// The session was closed before the call began.
    static let closed = DatabaseFailure(cause: .lost(midAnswer: false), code: 0, detail: "session closed")
}
