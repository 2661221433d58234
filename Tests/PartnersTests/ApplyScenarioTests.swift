import Domain
import Foundation
import TestSupport
import Testing

@testable import Partners

@Suite("Writing a setting, over every kind of database")
struct ApplyScenarioTests {
    private static let now = Date(timeIntervalSince1970: 1_750_000_000)  // 2025-06-15 15:06:40

    private func apply(_ change: SettingChange, to partner: TestPartner) async throws -> AppliedChange {
        try await partner.gateway.apply(change, to: partner.access, now: Self.now, within: .seconds(20))
    }

    private func audit(_ partner: TestPartner) async throws -> [String] {
        let text = try await partner.execute(
            partner.access.database.kind == .sqlite
                ? "SELECT userid || ' ' || ifnull(oldvalue, 'NULL') || ' ' || newvalue || ' ' || createdat FROM settings_auditlogs"
                : "SELECT CONCAT_WS(' ', userid, COALESCE(oldvalue, 'NULL'), newvalue, createdat) FROM settings_auditlogs"
        )
        return text.split(separator: "\n").map(String.init)
    }

    private func value(_ name: String, _ partner: TestPartner) async throws -> String {
        try await partner.execute("SELECT value FROM settings WHERE name = '\(name)'")
            .trimmingCharacters(in: .newlines)
    }

    @Test("A new value is written once, with its audit row, however often it is applied", arguments: BackEnd.available)
    func exactlyOnce(backEnd: BackEnd) async throws {
        var rows = PartnerRows()
        rows.settings = ["callConcurrency": "5", "other": "5"]
        try await TestPartner.with(backEnd, rows: rows) { partner in
            try await partner.connect()
            let first = try await apply(.concurrencyLimit(12), to: partner)
            #expect(first == AppliedChange(previousValue: "5", wasInForce: false, isUnaudited: false))
            let second = try await apply(.concurrencyLimit(12), to: partner)
            #expect(second == AppliedChange(previousValue: "12", wasInForce: true, isUnaudited: false))
            #expect(try await value("callConcurrency", partner) == "12")
            #expect(try await value("other", partner) == "5")
            #expect(try await audit(partner) == ["9999999999 5 12 2025-06-15 15:06:40"])
            #expect(try await partner.metrics().partnerLimit == 12)
        }
    }

    @Test("A missing row is made", arguments: BackEnd.available)
    func missingRow(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            try await partner.connect()
            let applied = try await apply(.pauseNonPriorityCampaigns(true), to: partner)
            #expect(applied == AppliedChange(previousValue: nil, wasInForce: false, isUnaudited: false))
            #expect(try await value("pauseNonPriorityCampaigns", partner) == "true")
            #expect(try await audit(partner) == ["9999999999 NULL true 2025-06-15 15:06:40"])
            #expect(try await partner.metrics().partnerPause == true)
        }
    }

    @Test("A row that holds NULL is filled", arguments: BackEnd.available)
    func nullValue(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            try await partner.execute("INSERT INTO settings (name, value) VALUES ('callConcurrency', NULL)")
            try await partner.connect()
            #expect(try await apply(.concurrencyLimit(3), to: partner).wasInForce == false)
            #expect(try await value("callConcurrency", partner) == "3")
        }
    }

    @Test("The old value goes into the audit row to the letter", arguments: BackEnd.available)
    func oddOldValue(backEnd: BackEnd) async throws {
        var rows = PartnerRows()
        rows.settings = ["callConcurrency": "it's é 漢"]
        try await TestPartner.with(backEnd, rows: rows) { partner in
            try await partner.connect()
            #expect(try await apply(.concurrencyLimit(3), to: partner).previousValue == "it's é 漢")
            #expect(try await audit(partner) == ["9999999999 it's é 漢 3 2025-06-15 15:06:40"])
        }
    }

    @Test(
        "Without an audit table the setting is written all the same, and the answer says so",
        arguments: BackEnd.available)
    func unaudited(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.missing = [.settingsAudit]
        try await TestPartner.with(backEnd, schema) { partner in
            try await partner.connect()
            let applied = try await apply(.concurrencyLimit(9), to: partner)
            #expect(applied == AppliedChange(previousValue: nil, wasInForce: false, isUnaudited: true))
            #expect(try await value("callConcurrency", partner) == "9")
        }
    }

    @Test("Without a settings table it fails and names it", arguments: BackEnd.available)
    func noSettings(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.missing = [.settings]
        try await TestPartner.with(backEnd, schema) { partner in
            try await partner.connect()
            let error = await visitError { _ = try await apply(.concurrencyLimit(9), to: partner) }
            #expect(error?.message == "Schema check failed: table \"settings\" not found")
        }
    }

    @Test("If the audit row cannot be written, nothing is", arguments: BackEnd.available)
    func allOrNothing(backEnd: BackEnd) async throws {
        var rows = PartnerRows()
        rows.settings = ["callConcurrency": "5"]
        try await TestPartner.with(backEnd, rows: rows) { partner in
            try await partner.execute(
                "DROP TABLE settings_auditlogs; CREATE TABLE settings_auditlogs (userid bigint NOT NULL, oldvalue text,"
                    + " newvalue text, createdat \(partner.schema.momentType), extra int NOT NULL, CHECK (extra > 0), CHECK (userid < 5))"
            )
            try await partner.connect()
            let error = await visitError { _ = try await apply(.concurrencyLimit(12), to: partner) }
            #expect(error?.kind == .query)
            #expect(try await value("callConcurrency", partner) == "5")
            #expect(try await audit(partner).isEmpty)
        }
    }

    @Test("A setting that several rows hold is refused, and none of them is touched", arguments: BackEnd.available)
    func severalRows(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.missing = [.settings]
        try await TestPartner.with(backEnd, schema) { partner in
            try await partner.execute(
                "CREATE TABLE settings (name varchar(50), value text, tenantId int);"
                    + "INSERT INTO settings VALUES ('callConcurrency', '5', 1), ('callConcurrency', '6', 2)")
            try await partner.connect()
            let error = await visitError { _ = try await apply(.concurrencyLimit(6), to: partner) }
            #expect(error?.kind == .query)
            #expect(error?.message == "Query failed: Table \"settings\" holds 2 rows named \"callConcurrency\"")
            let text = try await partner.execute("SELECT value FROM settings ORDER BY tenantId")
            #expect(text.split(separator: "\n") == ["5", "6"])
            #expect(try await audit(partner).isEmpty)
        }
    }

    @Test("A setting that each tenant has of its own is written for the partner's only", arguments: BackEnd.available)
    func tenants(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.missing = [.settings]
        try await TestPartner.with(backEnd, schema, tenant: 2) { partner in
            try await partner.execute(
                "CREATE TABLE settings (name varchar(50), value text, tenantId int);"
                    + "INSERT INTO settings VALUES ('callConcurrency', '5', 1), ('callConcurrency', '6', 2)")
            try await partner.connect()
            #expect(try await partner.metrics().partnerLimit == 6)
            #expect(try await apply(.concurrencyLimit(8), to: partner).previousValue == "6")
            #expect(try await apply(.pauseNonPriorityCampaigns(true), to: partner).previousValue == nil)
            let text = try await partner.execute("SELECT value FROM settings ORDER BY name, tenantId")
            #expect(text.split(separator: "\n") == ["5", "8", "true"])
            #expect(try await partner.metrics().partnerPause == true)
        }
    }
}
