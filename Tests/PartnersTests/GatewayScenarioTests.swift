import Domain
import Foundation

import Testing

@testable import Partners
@testable import TestSupport

@Suite("Gateway, over every kind of database")
struct GatewayScenarioTests {
    private static let days: [Range<Date>] = [.testDay, .day(2025, 3, 9), .day(2025, 11, 2)]

    @Test("Metrics equal those computed from the rows, also on days of clock change", arguments: BackEnd.available)
    func metrics(backEnd: BackEnd) async throws {
        for (seed, day) in Self.days.enumerated() {
            let rows = PartnerRows.generated(seed: UInt64(seed), around: day)
            try await TestPartner.with(backEnd, rows: rows) { partner in
                try await partner.connect()
                let reading = try await partner.metrics(today: day)
                #expect(reading.metrics == rows.expectedMetrics(today: day, limitOnFile: 10))
                #expect(reading.metrics.completedCallsToday > 0)
                #expect(reading.partnerLimit == 25)
                #expect(reading.partnerPause == false)
            }
        }
    }

    @Test("Each table that knows tenants is limited to the partner's", arguments: BackEnd.available)
    func tenants(backEnd: BackEnd) async throws {
        let rows = PartnerRows.generated(seed: 7, around: .testDay)
        for tables: Set<PartnerSchema.Table> in [[.calls], [.campaigns], [.calls, .campaigns]] {
            var schema = PartnerSchema()
            schema.tenantTables = tables
            try await TestPartner.with(backEnd, schema, rows: rows, tenant: 2) { partner in
                try await partner.connect()
                let expected = rows.expectedMetrics(today: .testDay, schema: schema, tenant: 2, limitOnFile: 10)
                #expect(try await partner.metrics().metrics == expected)
                let findings = try await partner.check().result.get()
                #expect(Set(findings.tenantScoped) == Set(tables.map(\.rawValue)))
            }
        }
    }

    @Test("Statuses count to the letter only", arguments: BackEnd.available)
    func exactStatuses(backEnd: BackEnd) async throws {
        let noon = Range.testDay.lowerBound + 43_200
        var rows = PartnerRows()
        rows.campaigns = [
            .init(id: 1, status: "running", createdAt: noon), .init(id: 2, status: "RUNNING", createdAt: noon),
        ]
        let statuses = ["INPROGRESS", "inprogress", "InProgress", "QUEUED", "queued", "QUEUED ", "ENDED", "ended", nil]
        rows.calls = statuses.enumerated().map { id, status in
            .init(
                id: id, status: status, endReason: id == 6 ? "Voicemail" : "voicemail", createdAt: noon,
                updatedAt: noon, contact: id, campaign: 2)
        }
        rows.links = (0..<10).map { .init(campaign: 2, contact: $0) } + [.init(campaign: 1, contact: 77)]
        try await TestPartner.with(backEnd, rows: rows) { partner in
            try await partner.connect()
            let metrics = try await partner.metrics().metrics
            #expect(metrics == rows.expectedMetrics(today: .testDay, limitOnFile: 10))
            #expect(metrics.activeCalls == 1)
            #expect(metrics.remainingCalls == 3)
            #expect(metrics.voicemailCount == 0)
        }
    }

    @Test("Empty tables give zeros, and the limit on file", arguments: BackEnd.available)
    func empty(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            try await partner.connect()
            let reading = try await partner.metrics()
            #expect(reading.metrics == PartnerRows().expectedMetrics(today: .testDay, limitOnFile: 10))
            #expect(reading.partnerLimit == nil)
            #expect(reading.partnerPause == nil)
        }
    }

    @Test(
        "A setting that is no limit leaves the limit on file", arguments: BackEnd.available,
        ["0", "-5", "ten", "2.5", ""])
    func badLimit(backEnd: BackEnd, value: String) async throws {
        var rows = PartnerRows()
        rows.settings = ["callConcurrency": value, "pauseNonPriorityCampaigns": "yes"]
        try await TestPartner.with(backEnd, rows: rows) { partner in
            try await partner.connect()
            let reading = try await partner.metrics()
            #expect(reading.metrics.concurrencyLimit == 10)
            #expect(reading.partnerLimit == nil)
            #expect(reading.partnerPause == nil)
        }
    }

    @Test("Tables are found however they are spelled", arguments: BackEnd.available)
    func spelling(backEnd: BackEnd) async throws {
        let rows = PartnerRows.generated(seed: 3, around: .testDay)
        for spelling in [PartnerSchema.Spelling.upperCase, .capitalized] {
            var schema = PartnerSchema()
            schema.spelling = spelling
            try await TestPartner.with(backEnd, schema, rows: rows) { partner in
                try await partner.connect()
                #expect(try await partner.metrics().metrics == rows.expectedMetrics(today: .testDay, limitOnFile: 10))
            }
        }
    }

    @Test(
        "A missing table is named, at the schema stage", arguments: BackEnd.available,
        [PartnerSchema.Table.campaigns, .calls, .links])
    func missingTable(backEnd: BackEnd, table: PartnerSchema.Table) async throws {
        var schema = PartnerSchema()
        schema.missing = [table]
        try await TestPartner.with(backEnd, schema) { partner in
            let error = await visitError { try await partner.connect() }
            #expect(error?.message == "Schema check failed: table \"\(table.rawValue)\" not found")
            #expect(error?.kind == .query)
            #expect(error?.stage == .schema)
            #expect((error?.hostKey != nil) == backEnd.isTunnelled)
            #expect(!partner.gateway.isWarm(partner.access.partner))
        }
    }

    @Test(
        "Without settings the limit on file counts; without submittals nothing is amiss", arguments: BackEnd.available)
    func dispensableTables(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.missing = [.settings, .submittals, .settingsAudit]
        try await TestPartner.with(backEnd, schema) { partner in
            try await partner.connect()
            #expect(try await partner.metrics().metrics.concurrencyLimit == 10)
        }
    }

    @Test("A column that goes missing between two visits is named at once", arguments: BackEnd.available)
    func columnGoesMissing(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.hasIndexes = false
        try await TestPartner.with(backEnd, schema) { partner in
            try await partner.connect()
            _ = try await partner.metrics()
            try await partner.execute("ALTER TABLE calls DROP COLUMN \(partner.schema.quoted("updatedAt"))")
            let error = await visitError { _ = try await partner.metrics() }
            #expect(error?.message == "Schema check failed: column \"updatedAt\" of table \"calls\" not found")
            try await partner.execute("ALTER TABLE calls ADD COLUMN UPDATEDAT \(partner.schema.momentType)")
            try await partner.connect()
            #expect(try await partner.metrics().metrics.completedCallsToday == 0)
        }
    }

    @Test("Another revision is not warm, a drop closes, and connecting again does", arguments: BackEnd.available)
    func warmth(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            #expect(!partner.gateway.isWarm(partner.access.partner))
            try await partner.connect()
            #expect(partner.gateway.isWarm(partner.access.partner))
            var newer = partner
            newer.access.partner.revision = 2
            #expect(!partner.gateway.isWarm(newer.access.partner))
            #expect(await visitError { _ = try await newer.metrics() }?.isStaleSession == true)
            try await newer.connect()
            _ = try await newer.metrics()
            await partner.gateway.drop(partner.access.partner.id)
            #expect(!partner.gateway.isWarm(newer.access.partner))
        }
    }
}
