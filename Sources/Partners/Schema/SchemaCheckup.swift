import Domain
import Foundation

/// What a test asks a database beside the metrics: whether they will be fast, and whether a change can be written.
struct SchemaCheckup: Sendable {
    /// Clocks further apart than this put calls into the wrong day.
    private static let clockTolerance: TimeInterval = 60

    private let dialect: Dialect
    private let metrics: MetricsQuery
    private let calls: SchemaMap.Table
    /// Statements that a push would make, or what the schema lacks for one.
    private let writes: Result<[String], SchemaFault>

    /// Throws what the schema lacks for the metrics.
    init(schema: SchemaMap, dialect: Dialect, tenantID: Int64) throws(SchemaFault) {
        self.dialect = dialect
        metrics = try MetricsQuery(
            schema: schema, dialect: dialect, tenantID: tenantID, today: .sample, limit: .zero)
        calls = try schema.table(.calls)
        writes = Result { () throws(SchemaFault) in
            try SettingWrite(
                .concurrencyLimit(1), schema: schema, dialect: dialect, tenantID: tenantID,
                now: Range.sample.lowerBound
            ).statements
        }
    }

    /// Sentences on missing indexes and the clock; fails if the metrics could not be read.
    func readingWarnings(on session: any StatementRunner, now: Date) throws(DatabaseFailure) -> [String] {
        for probe in dialect.readingProbes(metrics.select) { _ = try session.rows(probe) }
        return try indexWarnings(on: session) + clockWarnings(on: session, now: now)
    }

    /// A sentence if a change could not be written. Writes nothing.
    func writingWarnings(on session: any StatementRunner) throws(DatabaseFailure) -> [String] {
        let statements: [String]
        switch writes {
        case .success(let all): statements = all
        case .failure(let fault): return ["Changes cannot be written: \(fault.sentence)"]
        }
        do throws(DatabaseFailure) {
            for probe in statements.flatMap(dialect.writingProbes) { _ = try session.rows(probe) }
            return []
        } catch {
            switch error.cause {
            case .lost, .serverTimeLimit: throw error
            case .denied: return ["Changes cannot be written: no right to write table \"settings\""]
            default: return ["Changes cannot be written: the server answered with error \(error.name)"]
            }
        }
    }

    private func indexWarnings(on session: any StatementRunner) throws(DatabaseFailure) -> [String] {
        let indexed = Set(
            try session.rows(dialect.indexQuery(table: calls.name)).compactMap { $0.first?.map { $0.lowercased() } })
        return ["status", "createdAt", "updatedAt"].filter { !indexed.contains($0.lowercased()) }
            .map { "No index begins with column \"\($0)\" of table \"calls\": reading will be slow" }
    }

    private func clockWarnings(on session: any StatementRunner, now: Date) throws(DatabaseFailure) -> [String] {
        guard let query = dialect.clockQuery else { return [] }
        guard let text = try session.rows(query).first?.first ?? nil, let seconds = TimeInterval(text) else {
            return []
        }
        let difference = seconds - now.timeIntervalSince1970
        guard abs(difference) > Self.clockTolerance else { return [] }
        return ["The database's clock is \(Int(abs(difference))) s \(difference > 0 ? "ahead of" : "behind") ours"]
    }
}

extension Dialect {
    /// The first column of each index of a table.
    fileprivate func indexQuery(table: String) -> String {
        switch self {
        case .mysql, .mariaDB:
            "SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
                + " AND TABLE_NAME = \(literal(table)) AND SEQ_IN_INDEX = 1"
        case .postgreSQL:
            "SELECT a.attname FROM pg_catalog.pg_index i"
                + " JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
                + " WHERE i.indrelid = \(literal(quoted(table)))::regclass AND i.indisvalid AND i.indpred IS NULL"
        case .sqlite:
            "SELECT c.name FROM pragma_index_list(\(literal(table))) i JOIN pragma_index_info(i.name) c WHERE c.seqno = 0"
        }
    }

    /// The server's clock in seconds since 1970; a file has none.
    fileprivate var clockQuery: String? {
        switch self {
        case .mysql, .mariaDB: "SELECT TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP())"
        case .postgreSQL: "SELECT EXTRACT(EPOCH FROM clock_timestamp())"
        case .sqlite: nil
        }
    }

    /// Has the server check a SELECT and the right to it, without reading a row.
    fileprivate func readingProbes(_ select: String) -> [String] {
        switch self {
        case .mysql, .mariaDB: preparation(of: select)
        case .postgreSQL: ["EXPLAIN " + select]
        case .sqlite: ["EXPLAIN QUERY PLAN " + select]
        }
    }

    /// Has the server check a statement and the right to it, without carrying it out.
    fileprivate func writingProbes(_ statement: String) -> [String] {
        switch self {
        case .mysql, .mariaDB: preparation(of: statement)
        case .postgreSQL: ["EXPLAIN " + statement]
        case .sqlite: ["BEGIN IMMEDIATE", "ROLLBACK"]
        }
    }

    /// Takes no more rights than the statement itself; MySQL's EXPLAIN would want to see into views.
    private func preparation(of statement: String) -> [String] {
        ["PREPARE jobtalk_probe FROM \(literal(statement))", "DEALLOCATE PREPARE jobtalk_probe"]
    }
}
