import Dispatch
import Foundation
import GRDB

/// The admin database in one SQLite file: one writer, readers beside it, every commit on disk before it is answered.
///
/// The only file that knows GRDB.
final class SQLiteDatabase: AdminDatabase {
    private let pool: DatabasePool
    private let group = CommitGroup()

    /// Opens the file at `path`, creating it for this user alone.
    static func open(path: String) async throws(StoreError) -> SQLiteDatabase {
        try await offCooperativePool { () throws(StoreError) in
            do {
                try StoreFiles.protect(path)
                return try SQLiteDatabase(path: path)
            } catch {
                throw StoreError(error)
            }
        }
    }

    private init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "jobtalk.store"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB chooses NORMAL for WAL, which may lose the last commits when the machine stops.
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
    }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        let result: Result<T, StoreError> = await withCheckedContinuation { continuation in
            pool.asyncRead { access in
                let result = Result { () throws(StoreError) in
                    switch access {
                    case .success(let db): try body(SQLiteSession(db: db))
                    case .failure(let error): throw StoreError(error)
                    }
                }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    func transaction<T: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        let result: Result<T, StoreError> = await withCheckedContinuation { continuation in
            let write = GroupedWrite(body) { continuation.resume(returning: $0) }
            if group.join(write) {
                pool.asyncWriteWithoutTransaction { [group] db in Self.commit(group.take(), in: db) }
            }
        }
        return try result.get()
    }

    func close() async {
        await withCheckedContinuation { continuation in
            // Behind all writes that were begun.
            pool.asyncWriteWithoutTransaction { _ in continuation.resume() }
        }
        await offCooperativePool { [pool] in
            do {
                try pool.close()
            } catch {
                // Nothing is lost: what was answered is on disk, and the connections close when the pool is let go.
            }
        }
    }

    /// Runs the writes as savepoints of one transaction and answers them after its commit.
    private static func commit(_ writes: [GroupedWrite], in db: Database) {
        var answers: [@Sendable () -> Void] = []
        do {
            try db.beginTransaction(.immediate)
            for write in writes {
                answers.append(try savepoint(write, in: db))
            }
            try db.commit()
        } catch {
            let failure = rollBack(db, after: error)
            answers = writes.map { write in { write.fail(failure) } }
        }
        for answer in answers { answer() }
    }

    /// Runs one write. If it throws, it is undone and what is returned tells its caller so. Throws if the whole
    /// transaction is lost: some errors, such as a full disk, end it.
    private static func savepoint(
        _ write: GroupedWrite, in db: Database
    ) throws -> @Sendable () -> Void {
        try db.cachedStatement(sql: "SAVEPOINT write").execute()
        do {
            let answer = try write.run(SQLiteSession(db: db))
            try db.cachedStatement(sql: "RELEASE write").execute()
            return answer
        } catch {
            guard db.isInsideTransaction else { throw error }
            try db.cachedStatement(sql: "ROLLBACK TO write").execute()
            try db.cachedStatement(sql: "RELEASE write").execute()
            let failure = StoreError(error)
            return { write.fail(failure) }
        }
    }

    private static func rollBack(_ db: Database, after error: any Error) -> StoreError {
        guard db.isInsideTransaction else { return StoreError(error) }
        do {
            try db.rollback()
            return StoreError(error)
        } catch let second {
            return .database("\(error); and the rollback failed: \(second)")
        }
    }
}

/// Statements on one connection.
private struct SQLiteSession: SQLSession {
    let db: Database

    func rows(_ sql: String, arguments: [SQLValue]) throws(StoreError) -> [SQLRow] {
        do {
            let statement = try db.cachedStatement(sql: sql)
            let columns = Dictionary(
                zip(statement.columnNames, 0...), uniquingKeysWith: { first, _ in first })
            let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(arguments.map(\.stored)))
            var rows: [SQLRow] = []
            while let row = try cursor.next() {
                rows.append(SQLRow(columns: columns, values: try row.databaseValues.map(SQLValue.init)))
            }
            return rows
        } catch {
            throw StoreError(error)
        }
    }

    func execute(_ sql: String, arguments: [SQLValue]) throws(StoreError) -> Int {
        do {
            try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments.map(\.stored)))
            return db.changesCount
        } catch {
            throw StoreError(error)
        }
    }
}

extension SQLValue {
    fileprivate var stored: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .blob(let value): value.databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) throws(StoreError) {
        switch value.storage {
        case .null: self = .null
        case .int64(let value): self = .integer(value)
        case .string(let value): self = .text(value)
        case .blob(let value): self = .blob(value)
        case .double: throw .database("A column holds a fraction; we store none.")
        }
    }
}

/// Runs what may block on a thread of its own kind.
private func offCooperativePool<T: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> T
) async throws(Failure) -> T {
    let result: Result<T, Failure> = await withCheckedContinuation { continuation in
        DispatchQueue.global(qos: .utility).async { continuation.resume(returning: Result(catching: body)) }
    }
    return try result.get()
}
