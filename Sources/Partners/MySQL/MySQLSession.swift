import Domain
import Foundation
import Synchronization

/// A login at a MySQL or MariaDB server.
///
/// Sound to share: the handle is used under `turn` only, and whatever cuts it off touches the socket alone.
final class MySQLSession: PartnerSession, @unchecked Sendable {
    let dialect: Dialect
    let serverVersion: String
    private let pool: BlockingPool
    private let cut: SocketCut
    private let turn = NSLock()
    private let isClosed = Atomic(false)
    private var handle: MySQLHandle?

    private init(handle: MySQLHandle, cut: SocketCut, pool: BlockingPool) {
        self.handle = handle
        self.cut = cut
        self.pool = pool
        dialect = handle.isMariaDB ? .mariaDB : .mysql
        serverVersion = handle.serverVersion
    }

    /// Connects and logs in; gives up at `greetingBy` a server that is still silent. `onGreeting` comes, from another thread, when the server has spoken.
    static func open(
        _ login: MySQLLogin, pool: BlockingPool, deadline: Deadline, greetingBy: Deadline? = nil,
        onGreeting: @escaping @Sendable () -> Void
    ) async throws(VisitError) -> MySQLSession {
        let cut = SocketCut()
        let progress = Mutex(ConnectionStage.dbConnect)
        let result: Result<MySQLSession, VisitError>
        do {
            result = try await pool.run(until: deadline, interrupt: { cut.cut() }) {
                Result { () throws(VisitError) in
                    try connect(login, cut: cut, pool: pool, deadline: deadline, greetingBy: greetingBy ?? deadline) {
                        progress.withLock { $0 = .dbAuth }
                        onGreeting()
                    }
                }
            }
        } catch {
            throw VisitError(error, stage: progress.withLock { $0 }, deadline: deadline)
        }
        return try result.get()
    }

    private static func connect(
        _ login: MySQLLogin, cut: SocketCut, pool: BlockingPool, deadline: Deadline, greetingBy: Deadline,
        onGreeting: () -> Void
    ) throws(VisitError) -> MySQLSession {
        do throws(MySQLLoginFailure) {
            let handle = try opened(
                login, cut: cut, deadline: deadline, greetingBy: greetingBy, onGreeting: onGreeting)
            return MySQLSession(handle: handle, cut: cut, pool: pool)
        } catch {
            if deadline.isPassed { throw VisitError(.deadline, stage: error.stage, deadline: deadline) }
            throw error.visitError(login)
        }
    }

    private static func opened(
        _ login: MySQLLogin, cut: SocketCut, deadline: Deadline, greetingBy: Deadline, onGreeting: () -> Void
    ) throws(MySQLLoginFailure) -> MySQLHandle {
        let handle: MySQLHandle
        do { handle = try MySQLHandle(cut: cut) } catch {
            throw MySQLLoginFailure(stage: .dbConnect, failure: error)
        }
        try handle.connect(login, deadline: deadline, greetingBy: greetingBy, onGreeting: onGreeting)
        do {
            // MariaDB takes the zone with each statement, which costs no round trip.
            if !handle.isMariaDB { _ = try handle.rows("SET time_zone = '+00:00'") }
        } catch {
            throw MySQLLoginFailure(stage: .dbAuth, failure: error)
        }
        return handle
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
