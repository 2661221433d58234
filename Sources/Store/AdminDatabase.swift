/// The admin database as the store sees it: a low, narrow cut, so that one SQL text serves every kind behind it.
///
/// The SQL keeps to what SQLite and PostgreSQL share. Parameters are positional and written `?`, which stands for
/// nothing else in our statements, so that a dialect may number them. Integers have 64 bits, moments are
/// milliseconds since 1970 UTC, booleans 0 and 1.
///
/// A body runs on a thread that may block, in one go: it must not wait for anything but the database. It runs to
/// its end even if the caller is cancelled: whoever asked for a write learns what became of it.
protocol AdminDatabase: Sendable {
    /// Runs `body` on one consistent view, beside writers and other readers.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws(StoreError) -> T
    ) async throws(StoreError) -> T

    /// Runs `body` as a transaction, one after another, and returns once it is on disk.
    ///
    /// Transactions that wait together share one commit. One that throws leaves no trace, and the others stand.
    func transaction<T: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws(StoreError) -> T
    ) async throws(StoreError) -> T

    /// Lets what was begun finish, then closes; whatever comes later fails.
    func close() async
}

/// Statements inside a read or a transaction.
protocol SQLSession {
    /// All rows of a query, or of a statement with `RETURNING`.
    func rows(_ sql: String, arguments: [SQLValue]) throws(StoreError) -> [SQLRow]

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    func execute(_ sql: String, arguments: [SQLValue]) throws(StoreError) -> Int
}

extension SQLSession {
    func rows(_ sql: String, _ arguments: any SQLConvertible...) throws(StoreError) -> [SQLRow] {
        try rows(sql, arguments: arguments.map(\.sqlValue))
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: any SQLConvertible...) throws(StoreError) -> Int {
        try execute(sql, arguments: arguments.map(\.sqlValue))
    }
}

extension SQLSession {
    /// The rows of a query that has a condition already, of all partners or of the one whose key stands in `column`.
    func rows(_ sql: String, of key: Int64?, by column: String, order: String? = nil) throws(StoreError) -> [SQLRow] {
        let condition = key == nil ? "" : " AND \(column) = ?"
        let order = order.map { " ORDER BY \($0)" } ?? ""
        return try rows(sql + condition + order, arguments: key.map { [$0.sqlValue] } ?? [])
    }
}

/// One row of a result.
struct SQLRow: Sendable {
    /// Where each column stands; shared by all rows of a result.
    let columns: [String: Int]
    let values: [SQLValue]

    /// The value of a column; throws if there is no such column or it holds something else.
    func get<Value: SQLConvertible>(_ column: String) throws(StoreError) -> Value {
        guard let index = columns[column] else { throw .database("The result has no column \(column).") }
        guard let value = Value(sqlValue: values[index]) else {
            throw .database("Column \(column) holds no \(Value.self).")
        }
        return value
    }
}
