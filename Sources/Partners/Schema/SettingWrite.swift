import Domain
import Foundation

/// One write into a partner's `settings`, with its row in the audit log.
struct SettingWrite: Sendable {
    /// The platform's number for "system".
    static let systemUser: Int64 = 9_999_999_999

    private let dialect: Dialect
    private let change: SettingChange
    private let now: Date
    private let settings: QueryTable
    private let name: String
    private let value: String
    private let isNamed: String
    private let audit: AuditTable?

    init(
        _ change: SettingChange, schema: SchemaMap, dialect: Dialect, tenantID: Int64, now: Date
    ) throws(SchemaFault) {
        self.dialect = dialect
        self.change = change
        self.now = now
        settings = QueryTable(try schema.table(.settings), dialect, tenantID: tenantID)
        name = try settings.column("name")
        value = try settings.column("value")
        isNamed = try settings.isOne("name", of: change.field.settingName)
        if let table = schema.table(ifPresent: .auditLog) {
            audit = try AuditTable(QueryTable(table, dialect, tenantID: tenantID))
        } else {
            audit = nil
        }
    }

    /// All or nothing, and nothing at all if the value is there already; then looks whether it has come to stay.
    func perform(on connection: any StatementRunner) throws(DatabaseFailure) -> AppliedChange {
        for statement in dialect.transactionStart { _ = try connection.rows(statement) }
        let applied: AppliedChange
        do throws(DatabaseFailure) {
            applied = try write(on: connection)
            _ = try connection.rows("COMMIT")
        } catch {
            // The first failure is the one to tell; the session is closed after it, which rolls back for certain.
            do { _ = try connection.rows("ROLLBACK") } catch _ {}
            throw error
        }
        guard try current(on: connection, locked: false) == .some(change.settingValue) else {
            throw DatabaseFailure(cause: .other, code: 0, detail: "the value read back is not the one written")
        }
        return applied
    }

    /// What it may have to write, for a database to say whether we may.
    var statements: [String] {
        [update, insert] + (audit.map { [$0.insert(old: nil, new: change.settingValue, now: now, dialect)] } ?? [])
    }

    private func write(on connection: any StatementRunner) throws(DatabaseFailure) -> AppliedChange {
        let old = try current(on: connection, locked: true)
        guard old != .some(change.settingValue) else {
            return AppliedChange(previousValue: change.settingValue, wasInForce: true, isUnaudited: audit == nil)
        }
        _ = try connection.rows(old == nil ? insert : update)
        let previous = old ?? nil
        if let audit {
            _ = try connection.rows(audit.insert(old: previous, new: change.settingValue, now: now, dialect))
        }
        return AppliedChange(previousValue: previous, wasInForce: false, isUnaudited: audit == nil)
    }

    /// `nil`: no row; a row may itself hold NULL. Throws if there are several, which an UPDATE would all overwrite.
    private func current(on connection: any StatementRunner, locked: Bool) throws(DatabaseFailure) -> String?? {
        let lock = locked ? dialect.rowLock : ""
        let rows = try connection.rows("SELECT \(value) FROM \(settings.source) WHERE \(condition)\(lock)")
        guard rows.count <= 1 else {
            throw DatabaseFailure(
                cause: .severalRows(rows.count, setting: change.field.settingName), code: 0, detail: "ambiguous setting"
            )
        }
        return rows.first.map { $0.first ?? nil }
    }

    private var condition: String {
        ([isNamed] + settings.tenantCondition).joined(separator: " AND ")
    }

    private var update: String {
        "UPDATE \(settings.source) SET \(value) = \(dialect.literal(change.settingValue)) WHERE \(condition)"
    }

    private var insert: String {
        settings.insert([
            (name, dialect.literal(change.field.settingName)), (value, dialect.literal(change.settingValue)),
        ])
    }
}

/// `settings_auditlogs`, with the columns that we fill.
private struct AuditTable {
    let table: QueryTable
    let userID: String
    let oldValue: String
    let newValue: String
    let createdAt: String

    init(_ table: QueryTable) throws(SchemaFault) {
        self.table = table
        userID = try table.column("userid")
        oldValue = try table.column("oldvalue")
        newValue = try table.column("newvalue")
        createdAt = try table.column("createdat")
    }

    func insert(old: String?, new: String, now: Date, _ dialect: Dialect) -> String {
        table.insert([
            (userID, dialect.literal(SettingWrite.systemUser)), (oldValue, old.map { dialect.literal($0) } ?? "NULL"),
            (newValue, dialect.literal(new)), (createdAt, dialect.literal(now)),
        ])
    }
}

extension QueryTable {
    /// One row, of the tenant where the table knows one.
    fileprivate func insert(_ values: [(column: String, value: String)]) -> String {
        let values = values + (tenant.map { [(dialect.quoted($0.column), dialect.literal($0.id))] } ?? [])
        return "INSERT INTO \(source) (\(values.map(\.0).joined(separator: ", ")))"
            + " VALUES (\(values.map(\.1).joined(separator: ", ")))"
    }
}

extension Dialect {
    fileprivate var transactionStart: [String] {
        switch self {
        case .sqlite: ["BEGIN IMMEDIATE"]
        case .postgreSQL: ["START TRANSACTION"]
        case .mysql, .mariaDB: ["SET time_zone = '+00:00'", "START TRANSACTION"]
        }
    }

    fileprivate var rowLock: String { self == .sqlite ? "" : " FOR UPDATE" }
}
