import Domain

/// A login at a partner's database. Used by one call at a time.
protocol PartnerSession: AnyObject, Sendable {
    var dialect: Dialect { get }
    /// As the server names it, such as `10.11.6-MariaDB`.
    var serverVersion: String { get }
    /// False as soon as the server has hung up. Cheap; only meaningful between calls.
    var isAlive: Bool { get }

    /// Runs `work` on a thread of its own. A call abandoned at the deadline or by cancellation leaves the session dead.
    func run<Value: Sendable>(
        _ purpose: Purpose, until deadline: Deadline,
        _ work: @escaping @Sendable (any StatementRunner) throws(DatabaseFailure) -> Value
    ) async throws(SessionError) -> Value

    /// Has another session of the same user end this one, and with it a statement that nobody waits for any more; `nil`
    /// where closing does that.
    var ending: Ending? { get }

    /// Ends the session without waiting; may be called at any time, more than once.
    func close()
}

/// Ends a session at its server, over another one. Numbers of sessions are not to be trusted with that: behind one name
/// may stand several servers, each of which gives the same number to somebody else.
typealias Ending = @Sendable (any StatementRunner) throws(DatabaseFailure) -> Void

/// What a call means to do. What only reads is given no chance to write where the database can see to it.
enum Purpose: Sendable {
    case reading
    case writing
}

/// Runs statements on one connection, one after the other. Blocks.
protocol StatementRunner {
    /// The rows of a statement as text; empty for a statement without any.
    func rows(_ sql: String) throws(DatabaseFailure) -> [[String?]]
}

/// Why a call on a session gave no answer.
enum SessionError: Error {
    case failed(DatabaseFailure)
    /// The call needed a connection of its own, which could not be had.
    case unreachable(VisitError)
    case abandoned(BlockingPool.Abandonment)
}

/// What a database or its client said instead of an answer.
struct DatabaseFailure: Error, Sendable, Equatable {
    enum Cause: Sendable, Equatable {
        /// The connection is gone; `midAnswer`: after a part of the answer had come.
        case lost(midAnswer: Bool)
        /// A table or column is not there (any more).
        case missingObject
        /// The user may not do this.
        case denied
        /// The server's own time limit ended the statement.
        case serverTimeLimit
        /// A setting that several rows hold: which one counts is not ours to guess.
        case severalRows(Int, setting: String)
        /// More rows than any answer that we ask for can have.
        case tooLarge
        /// Not the answer that was asked for, or numbers that no database can have.
        case implausible
        /// A table in which the status is anything but one.
        case tooManyStatuses(limit: Int)
        case other
    }

    let cause: Cause
    /// The server's or client's number for it.
    let code: Int
    /// For the log only.
    let detail: String
    /// Five characters of the SQL standard, where a server speaks in those.
    var sqlState: String?

    /// What an operator can look up.
    var name: String { sqlState ?? String(code) }
}
