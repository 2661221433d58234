import Domain
import Foundation
import GRDB
import Synchronization

/// A partner's SQLite file. Reading goes over a connection that cannot write; the other one is opened for a write.
final class SQLiteSession: PartnerSession {
    let dialect = Dialect.sqlite
    let serverVersion: String
    let ending: Ending? = nil

    private struct Connections {
        var reader: DatabaseQueue?
        var writer: DatabaseQueue?
        var isClosed = false
    }

    private let path: String
    private let pool: BlockingPool
    private let connections: Mutex<Connections>

    /// Opens a file that exists. Blocks.
    private init(path: String, pool: BlockingPool) throws {
        self.path = path
        self.pool = pool
        let reader = try DatabaseQueue(path: path, configuration: Self.configuration(isReadOnly: true))
        // Reads the file's head, too, so that something else than a database shows at once.
        let version = try reader.read { database in
            _ = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master")
            return try String.fetchOne(database, sql: "SELECT sqlite_version()")
        }
        serverVersion = "SQLite \(version ?? "")"
        connections = Mutex(Connections(reader: reader))
    }

    /// Opens the file with this name in the partners' directory; it is never created, and nothing outside is reached.
    static func open(
        _ name: String, in directory: URL, pool: BlockingPool, deadline: Deadline
    ) async throws(VisitError) -> SQLiteSession {
        let result: Result<SQLiteSession, VisitError>
        do {
            result = try await pool.run(until: deadline, interrupt: {}) {
                Result { () throws(VisitError) in try opened(name, in: directory, pool: pool) }
            }
        } catch {
            throw VisitError(error, stage: .dbConnect, deadline: deadline)
        }
        return try result.get()
    }

    private static func opened(
        _ name: String, in directory: URL, pool: BlockingPool
    ) throws(VisitError) -> SQLiteSession {
        let path = try PartnerFile.path(of: name, in: directory)
        do {
            return try SQLiteSession(path: path, pool: pool)
        } catch {
            let failure = DatabaseFailure(sqlite: error)
            let reason = failure.code == DatabaseError.notADatabase ? "is not a SQLite database" : "cannot be opened"
            throw VisitError(
                kind: .database, stage: .dbConnect, message: "Database connection failed: File '\(name)' \(reason)",
                detail: failure.detail)
        }
    }

    private static func configuration(isReadOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(5)
        // A transaction that could not be rolled back is looked for after each call, and costs the session.
        configuration.allowsUnsafeTransactions = true
        return configuration
    }

    var isAlive: Bool {
        connections.withLock { !$0.isClosed } && FileManager.default.fileExists(atPath: path)
    }

    func run<Value: Sendable>(
        _ purpose: Purpose, until deadline: Deadline,
        _ work: @escaping @Sendable (any StatementRunner) throws(DatabaseFailure) -> Value
    ) async throws(SessionError) -> Value {
        let result: Result<Value, DatabaseFailure>
        do {
            result = try await pool.run(until: deadline, interrupt: { [self] in close() }) { [self] in
                perform(purpose, work)
            }
        } catch {
            throw .abandoned(error)
        }
        do { return try result.get() } catch { throw .failed(error) }
    }

    private func perform<Value>(
        _ purpose: Purpose, _ work: (any StatementRunner) throws(DatabaseFailure) -> Value
    ) -> Result<Value, DatabaseFailure> {
        Result { () throws(DatabaseFailure) in
            do {
                return try queue(for: purpose).inDatabase { database in
                    defer { if database.isInsideTransaction { close() } }
                    return try work(SQLiteRunner(database: database))
                }
            } catch {
                throw error as? DatabaseFailure ?? DatabaseFailure(sqlite: error)
            }
        }
    }

    private func queue(for purpose: Purpose) throws -> DatabaseQueue {
        let (reader, writer) = try connections.withLock { connections in
            guard !connections.isClosed, let reader = connections.reader else { throw DatabaseFailure.closed }
            return (reader, connections.writer)
        }
        return purpose == .reading ? reader : try writer ?? openWriter()
    }

    private func openWriter() throws -> DatabaseQueue {
        guard FileManager.default.fileExists(atPath: path) else { throw DatabaseFailure.closed }
        let writer = try DatabaseQueue(path: path, configuration: Self.configuration(isReadOnly: false))
        try connections.withLock { connections in
            guard !connections.isClosed else { throw DatabaseFailure.closed }
            connections.writer = writer
        }
        return writer
    }

    /// Interrupts a call in progress. Closing a file blocks, so the last hold on it is given up on the pool.
    func close() {
        connections.withLock { $0.isClosed = true }
        pool.enqueue { [self] in
            let last = connections.withLock { connections in
                defer { connections = Connections(isClosed: true) }
                return connections
            }
            last.reader?.interrupt()
            last.writer?.interrupt()
        }
    }
}

/// Statements on one of the file's connections.
private struct SQLiteRunner: StatementRunner {
    let database: Database

    func rows(_ sql: String) throws(DatabaseFailure) -> [[String?]] {
        do {
            return try Row.fetchAll(database, sql: sql).map { row in row.databaseValues.map(\.text) }
        } catch {
            throw DatabaseFailure(sqlite: error)
        }
    }
}

extension DatabaseValue {
    fileprivate var text: String? {
        switch storage {
        case .null: nil
        case .int64(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): text
        case .blob(let data): String(decoding: data, as: UTF8.self)
        }
    }
}

extension DatabaseFailure {
    init(sqlite error: any Error) {
        guard let error = error as? DatabaseError else {
            self.init(cause: .other, code: 0, detail: String(describing: error).loggable)
            return
        }
        let text = error.message ?? ""
        let cause: Cause =
            switch error.resultCode {
            case .SQLITE_ERROR where text.hasPrefix("no such table") || text.hasPrefix("no such column"):
                .missingObject
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .denied
            case .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB: .lost(midAnswer: false)
            default: .other
            }
        let code = Int(error.resultCode.rawValue)
        self.init(cause: cause, code: code, detail: "error \(code): \(text.loggable)")
    }
}

extension DatabaseError {
    fileprivate static let notADatabase = Int(ResultCode.SQLITE_NOTADB.rawValue)
}
