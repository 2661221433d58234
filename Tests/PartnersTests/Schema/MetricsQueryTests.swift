import Domain
import Foundation
import Testing

@testable import Partners

@Suite("Metrics query")
struct MetricsQueryTests {
    private static let columns: [String: [String]] = [
        "campaigns": ["id", "status", "deleted", "createdAt"],
        "calls": ["id", "status", "endReason", "createdAt", "updatedAt", "contactId", "campaignId"],
        "_campaigntocontact": ["A", "B"],
        "settings": ["name", "value"],
    ]

    private func schema(_ columns: [String: [String]]) -> SchemaMap {
        SchemaMap(rows: columns.flatMap { table, names in names.map { [table, $0] } })
    }

    private func query(
        _ columns: [String: [String]] = MetricsQueryTests.columns, _ dialect: Dialect = .mariaDB, tenant: Int64 = 0
    ) throws -> String {
        try MetricsQuery(
            schema: schema(columns), dialect: dialect, tenantID: tenant, today: .sample, limit: .milliseconds(1_050)
        ).sql
    }

    @Test("Whatever is missing is named", arguments: Self.columns.keys.sorted().filter { $0 != "settings" })
    func missingTable(table: String) throws {
        var columns = Self.columns
        columns[table] = nil
        #expect(throws: SchemaFault.table(table)) { try query(columns) }
    }

    @Test(
        "Whatever column a metric needs is named when it is missing",
        arguments: [
            ("campaigns", "status"), ("campaigns", "deleted"), ("campaigns", "createdAt"), ("campaigns", "id"),
            ("calls", "status"), ("calls", "endReason"), ("calls", "updatedAt"), ("calls", "contactId"),
            ("calls", "campaignId"), ("_campaigntocontact", "A"), ("_campaigntocontact", "B"), ("settings", "name"),
            ("settings", "value"),
        ])
    func missingColumn(table: String, column: String) throws {
        var columns = Self.columns
        columns[table]?.removeAll { $0 == column }
        #expect(throws: SchemaFault.column(column, table: table)) { try query(columns) }
    }

    @Test("Columns that no metric needs may be missing, and so may the settings")
    func dispensable() throws {
        var columns = Self.columns
        columns["settings"] = nil
        columns["calls"]?.removeAll { $0 == "createdAt" || $0 == "id" }
        #expect(try query(columns).contains("(NULL)"))
    }

    @Test("Names are written as the database spells them")
    func spelling() throws {
        var columns = Self.columns
        columns["calls"] = nil
        columns["CALLS"] = ["ID", "STATUS", "endreason", "UpdatedAt", "contactid", "CampaignID"]
        let sql = try query(columns)
        #expect(sql.contains("`CALLS`"))
        #expect(sql.contains("`UpdatedAt`"))
        #expect(!sql.contains("`updatedAt`"))
    }

    @Test("The exact spelling wins over one that differs in case")
    func exactSpellingFirst() throws {
        let map = schema(["CALLS": ["a"], "calls": ["b"], "Calls": ["c"]])
        #expect(try map.table(.calls).name == "calls")
    }

    @Test("Each table that knows tenants is limited to the partner's, and only those")
    func tenants() throws {
        var columns = Self.columns
        columns["calls"]?.append("tenant_id")
        #expect(try query(columns, tenant: 7).components(separatedBy: "`tenant_id` = 7").count - 1 == 4)
        #expect(try !query(columns, tenant: 0).contains("tenant_id"))
        columns["campaigns"]?.append("tenantId")
        #expect(try query(columns, tenant: 7).contains("c.`tenantId` = 7"))
    }

    @Test("No column is wrapped in a function where a range or an index could answer", arguments: Dialect.allCases)
    func sargable(dialect: Dialect) throws {
        let sql = try query(dialect: dialect)
        let quote = dialect.quoted("").prefix(1)
        #expect(sql.contains("k.\(quote)updatedAt\(quote) >= '1970-01-01 00:00:00'"))
        #expect(sql.contains("k.\(quote)updatedAt\(quote) < '1970-01-02 00:00:00'"))
        #expect(sql.contains("k.\(quote)status\(quote) = 'INPROGRESS'"))
        #expect(!sql.contains("DATE("))
    }

    @Test("The server's own time limit and the zone travel with the statement")
    func limits() throws {
        #expect(
            try query().hasPrefix("SET STATEMENT max_statement_time=1.050, time_zone='+00:00' FOR SELECT"))
        #expect(try query(dialect: .mysql).hasPrefix("SELECT /*+ MAX_EXECUTION_TIME(1050) */"))
        #expect(
            try query(dialect: .sqlite).hasPrefix("SELECT (SELECT") || query(dialect: .sqlite).hasPrefix("SELECT ("))
    }

    private func query(dialect: Dialect) throws -> String { try query(Self.columns, dialect) }
}

@Suite("Settings at the partner")
struct SettingTextTests {
    @Test(
        "A limit is a whole number of at least 1, in digits",
        arguments: [
            ("1", 1), ("25", 25), ("1000", 1000), ("007", 7), ("0", nil), ("-3", nil), ("+3", nil), ("2.5", nil),
            ("", nil), (" 5", nil), ("5 ", nil), ("five", nil), ("٥", nil), ("99999999999999999999", nil), (nil, nil),
        ] as [(String?, Int?)])
    func limit(text: String?, expected: Int?) {
        #expect(SettingText.limit(text) == expected)
    }

    @Test(
        "A switch is `true` or `false`",
        arguments: [("true", true), ("false", false), ("TRUE", nil), ("1", nil), ("", nil), (nil, nil)]
            as [(String?, Bool?)])
    func flag(text: String?, expected: Bool?) {
        #expect(SettingText.flag(text) == expected)
    }
}

@Suite("SQL dialects")
struct DialectTests {
    @Test("Text cannot leave its quotes, whatever the server's mode")
    func literals() {
        #expect(Dialect.mariaDB.literal("it's") == "'it''s'")
        #expect(Dialect.mariaDB.literal(#"a\' OR 1"#) == "_utf8mb4 X'615c27204f522031'")
        #expect(Dialect.mysql.literal("é") == "_utf8mb4 X'c3a9'")
        #expect(Dialect.sqlite.literal(#"\é'"#) == #"'\é'''"#)
    }

    @Test("Names cannot leave their quotes")
    func names() {
        #expect(Dialect.mysql.quoted("a`b") == "`a``b`")
        #expect(Dialect.sqlite.quoted("a\"b") == "\"a\"\"b\"")
    }

    @Test("Instants are written in UTC, to the second")
    func instants() {
        #expect(Dialect.mysql.literal(Date(timeIntervalSince1970: 1_741_496_399)) == "'2025-03-09 04:59:59'")
    }
}
