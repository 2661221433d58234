import Domain
import Foundation
import Testing

@testable import Partners

@Suite("Period query")
struct PeriodQueryTests {
    private static let columns: [String: [String]] = [
        "Calls": ["id", "status", "createdAt"], "ats_submittals": ["id", "status", "createdAt", "tenant_id"],
    ]

    private func query(
        _ columns: [String: [String]] = PeriodQueryTests.columns, _ dialect: Dialect = .mariaDB, tenant: Int64 = 0
    ) throws -> String {
        let schema = SchemaMap(rows: columns.flatMap { table, names in names.map { [table, $0] } })
        return try PeriodQuery(
            schema: schema, dialect: dialect, tenantID: tenant, range: .sample, limit: .milliseconds(1_050)
        ).sql
    }

    @Test("One statement for both tables, with the server's own limit, in which no index is defeated")
    func statement() throws {
        let sql = try query(tenant: 7)
        #expect(
            sql.hasPrefix("SET STATEMENT max_statement_time=1.050, time_zone='+00:00' FOR SELECT 'calls' AS source"))
        #expect(
            sql.contains(
                "FROM `Calls` t WHERE t.`createdAt` >= '1970-01-01 00:00:00' AND t.`createdAt` < '1970-01-02 00:00:00' GROUP BY"
            ))
        #expect(sql.contains("AND t.`tenant_id` = 7 GROUP BY"))
        #expect(sql.components(separatedBy: "tenant_id").count == 2)
        #expect(sql.hasSuffix("LIMIT 501"))
        #expect(!sql.contains(";"))
    }

    @Test("MySQL's hint stands behind the first SELECT, where it counts for all")
    func hint() throws {
        #expect(try query(Self.columns, .mysql).hasPrefix("SELECT /*+ MAX_EXECUTION_TIME(1050) */ 'calls' AS source"))
    }

    @Test("What is missing is named, whoever speaks", arguments: Dialect.allCases)
    func missing(dialect: Dialect) {
        var columns = Self.columns
        columns["ats_submittals"] = nil
        #expect(throws: SchemaFault.table("ats_submittals")) { try query(columns, dialect) }
        columns["ats_submittals"] = ["status"]
        #expect(throws: SchemaFault.column("createdAt", table: "ats_submittals")) { try query(columns, dialect) }
    }
}

@Suite("The rows of a period")
struct PeriodRowsTests {
    @Test("Rows add up by source and status")
    func sums() throws {
        let statistics = try PeriodRows([
            ["calls", "ENDED", "3"], ["calls", nil, "2"], ["submittals", "ENDED", "4"], ["calls", "UNKNOWN", "1"],
        ]).statistics
        #expect(statistics.calls.byStatus.map(\.count) == [3, 3])
        #expect(statistics.submittals.total == 4)
    }

    @Test(
        "A server that claims what cannot be is not believed",
        arguments: [
            ["calls", "ENDED", "-1"], ["calls", "ENDED", "1000000000001"], ["calls", "ENDED", "9223372036854775808"],
            ["calls", "ENDED", nil], ["calls", "ENDED", "1.5"], ["contacts", "ENDED", "1"], [nil, "ENDED", "1"],
            ["calls", "ENDED"], [], ["calls", String(repeating: "x", count: 1_001), "1"],
        ] as [[String?]])
    func implausible(row: [String?]) {
        let error = #expect(throws: DatabaseFailure.self) { try PeriodRows([["calls", "ENDED", "1"], row]) }
        #expect(error?.cause == .implausible)
    }
}
