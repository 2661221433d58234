import Domain
import Foundation
import TestSupport
import Testing

@testable import Partners

@Suite("Two tenants in one database, over every kind of database")
struct TenantScenarioTests {
    private static let rows = PartnerRows.generated(seed: 11, around: .testDay, settings: [:])

    private func schema(_ column: String, _ tables: Set<PartnerSchema.Table>) -> PartnerSchema {
        var schema = PartnerSchema()
        schema.tenantTables = tables
        schema.tenantColumn = column
        schema.missing = [.settings]
        return schema
    }

    /// The same database as another partner, limited to a tenant.
    private func tenant(_ id: Int64, of partner: TestPartner) -> TestPartner {
        var other = partner
        var configuration = partner.access.partner.configuration
        configuration.tenantID = id
        other.access.partner = .test(configuration)
        return other
    }

    @Test(
        "Each sees its own campaigns, calls and submittals, and sets limits of its own", arguments: BackEnd.available,
        ["tenantId", "tenant_id"])
    func apart(backEnd: BackEnd, column: String) async throws {
        let schema = schema(column, [.campaigns, .calls, .submittals])
        try await TestPartner.with(backEnd, schema, rows: Self.rows) { partner in
            try await partner.execute(
                "CREATE TABLE settings (name varchar(50), value text, \(partner.schema.quoted(column)) int);"
                    + "INSERT INTO settings VALUES ('callConcurrency', '5', 1), ('callConcurrency', '6', 2)")
            for (id, limit) in [(Int64(1), 5), (2, 6)] {
                let tenant = tenant(id, of: partner)
                try await tenant.connect()
                var expected = Self.rows.expectedMetrics(
                    today: .testDay, schema: schema, tenant: Int(id), limitOnFile: 10)
                expected.concurrencyLimit = limit
                #expect(try await tenant.metrics().metrics == expected)
                #expect(
                    try await tenant.statistics()
                        == Self.rows.expectedStatistics(of: .testDay, schema: schema, tenant: Int(id)))
                let findings = try await tenant.check().result.get()
                #expect(
                    Set(findings.tenantScoped) == ["campaigns", "calls", "ats_submittals", "settings"])
                let change = SettingChange.concurrencyLimit(limit + 10)
                let applied = try await tenant.gateway.apply(
                    change, to: tenant.access, now: Date(), within: .seconds(20))
                #expect(applied.previousValue == "\(limit)")
            }
            let values = try await partner.execute("SELECT value FROM settings ORDER BY value")
            #expect(values.split(separator: "\n") == ["15", "16"])
            let all = try await tenant(0, of: partner).check().result.get()
            #expect(all.tenantScoped.isEmpty)
        }
    }

    @Test(
        "Settings without a column for the tenant are shared, and so is a limit set there", arguments: BackEnd.available
    )
    func shared(backEnd: BackEnd) async throws {
        var schema = schema("tenantId", [.calls])
        schema.missing = []
        var rows = Self.rows
        rows.settings = ["callConcurrency": "5"]
        try await TestPartner.with(backEnd, schema, rows: rows) { [rows] partner in
            let (one, two) = (tenant(1, of: partner), tenant(2, of: partner))
            try await one.connect()
            try await two.connect()
            _ = try await one.gateway.apply(
                .concurrencyLimit(9), to: one.access, now: Date(), within: .seconds(20))
            var expected = rows.expectedMetrics(today: .testDay, schema: schema, tenant: 2, limitOnFile: 10)
            expected.concurrencyLimit = 9
            #expect(try await two.metrics().metrics == expected)
            #expect(try await two.check().result.get().tenantScoped == ["calls"])
        }
    }
}
