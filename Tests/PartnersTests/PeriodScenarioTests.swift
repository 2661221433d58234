import Domain
import Foundation
import Testing

@testable import Partners
@testable import TestSupport

@Suite("Period statistics, over every kind of database")
struct PeriodScenarioTests {
    private static let odd = [
        nil, "UNKNOWN", "ended", "Ended", "ENDED ", "", "  ", "résumé", "re\u{301}sume\u{301}", "O'Neill",
    ]

    /// Calls and submittals around an ordinary day and both days of clock change, some with odd statuses.
    private static func rows() -> PartnerRows {
        var rows = PartnerRows()
        for (number, day) in [Range.testDay, .day(2025, 3, 9), .day(2025, 11, 2), .day(2024, 12, 31)].enumerated() {
            let some = PartnerRows.generated(seed: UInt64(number), around: day, calls: 300)
            for call in some.calls {
                var call = call
                call.id += number * 1_000
                rows.calls.append(call)
            }
            for submittal in some.submittals {
                var submittal = submittal
                submittal.id += number * 1_000
                rows.submittals.append(submittal)
            }
            for (place, status) in odd.enumerated() {
                let (id, noon) = (number * 1_000 + 900 + place, day.lowerBound + 43_200)
                rows.calls.append(
                    .init(id: id, status: status, createdAt: noon, updatedAt: noon, contact: 1, campaign: 1, tenant: 1))
                rows.submittals.append(.init(id: id, status: status, createdAt: noon, tenant: 2))
            }
        }
        return rows
    }

    private static func range(_ start: String, _ end: String) throws -> Range<Date> {
        let calendar = try #require(BusinessCalendar(timeZone: "America/New_York"))
        return calendar.range(
            of: try Period(from: #require(CalendarDate(start)), to: #require(CalendarDate(end))))
    }

    /// The boundaries by the system's calendar, for our own to be held against.
    private static let periods: [(String, String, Range<Date>)] = [
        ("2025-06-12", "2025-06-12", .testDay),
        ("2025-03-09", "2025-03-09", .day(2025, 3, 9)),
        ("2025-11-02", "2025-11-02", .day(2025, 11, 2)),
        ("2025-01-01", "2025-12-31", Range.day(2025, 1, 1).lowerBound..<Range.day(2025, 12, 31).upperBound),
        ("2025-06-11", "2025-11-02", Range.day(2025, 6, 11).lowerBound..<Range.day(2025, 11, 2).upperBound),
        ("2023-01-01", "2023-12-31", Range.day(2023, 1, 1).lowerBound..<Range.day(2023, 12, 31).upperBound),
    ]

    @Test("Totals and statuses equal those counted from the rows", arguments: BackEnd.available)
    func counts(backEnd: BackEnd) async throws {
        let rows = Self.rows()
        try await TestPartner.with(backEnd, rows: rows) { partner in
            for (start, end, range) in Self.periods {
                let expected = rows.expectedStatistics(of: range)
                let found = try await partner.statistics(of: try Self.range(start, end))
                #expect(found == expected, "\(start) to \(end)")
                #expect((found.calls.total == 0) == (start == "2023-01-01"))
                #expect((found.submittals.total == 0) == (start == "2023-01-01"))
            }
            let day = try await partner.statistics()
            #expect(day.calls.byStatus.count { $0.status.lowercased().hasPrefix("ended") } == 4)
            #expect(day.submittals.byStatus.contains { $0.status == "UNKNOWN" && $0.count == 2 })
        }
    }

    @Test("Each table that knows tenants is limited to the partner's", arguments: BackEnd.available)
    func tenants(backEnd: BackEnd) async throws {
        let rows = Self.rows()
        for tables: Set<PartnerSchema.Table> in [[.calls], [.submittals], [.calls, .submittals]] {
            var schema = PartnerSchema()
            schema.tenantTables = tables
            try await TestPartner.with(backEnd, schema, rows: rows, tenant: 2) { partner in
                let expected = rows.expectedStatistics(of: .testDay, schema: schema, tenant: 2)
                let found = try await partner.statistics()
                #expect(found == expected)
                #expect(expected != rows.expectedStatistics(of: .testDay))
            }
        }
    }

    @Test("The first and the last days that there are can be asked for", arguments: BackEnd.available)
    func extremes(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd, rows: Self.rows()) { partner in
            for (start, end) in [("0001-01-01", "0001-12-31"), ("9999-12-31", "9999-12-31")] {
                let range = try Self.range(start, end)
                let found = try await partner.statistics(of: range)
                #expect(found == PeriodStatistics())
            }
        }
    }

    @Test("Without submittals only statistics fail, and name what is missing", arguments: BackEnd.available)
    func noSubmittals(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.missing = [.submittals]
        try await TestPartner.with(backEnd, schema) { partner in
            try await partner.connect()
            let error = await visitError { _ = try await partner.statistics() }
            #expect(error?.message == "Schema check failed: table \"ats_submittals\" not found")
            #expect(error?.isStaleSession == false)
            _ = try await partner.metrics()
        }
    }

    @Test("What only the metrics need may be missing", arguments: BackEnd.available)
    func noCampaigns(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.missing = [.campaigns, .links, .settings]
        let rows = Self.rows()
        try await TestPartner.with(backEnd, schema, rows: rows) { partner in
            let found = try await partner.statistics()
            #expect(found == rows.expectedStatistics(of: .testDay))
        }
    }

    @Test("A table whose status is anything but one is refused", arguments: BackEnd.available)
    func tooMany(backEnd: BackEnd) async throws {
        let noon = Range.testDay.lowerBound + 43_200
        var rows = PartnerRows()
        rows.submittals = (0..<501).map { .init(id: $0, status: "status \($0)", createdAt: noon) }
        try await TestPartner.with(backEnd, rows: rows) { partner in
            let error = await visitError { _ = try await partner.statistics() }
            #expect(error?.message == "Query failed: More than 500 different statuses")
            try await partner.execute("DELETE FROM ats_submittals WHERE id = 500")
            let found = try await partner.statistics()
            #expect(found.submittals.total == 500)
        }
    }

    @Test("A session that was idle for long enough is closed, one that is new is not", arguments: BackEnd.available)
    func idleSessions(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            let (gateway, record) = (partner.gateway, partner.access.partner)
            #expect(await gateway.tidyUpStatistics(idleAfter: .seconds(60)) == nil)
            _ = try await partner.statistics()
            let rest = try #require(await gateway.tidyUpStatistics(idleAfter: .seconds(60)))
            #expect(rest > .seconds(40) && rest <= .seconds(60))
            #expect(gateway.statistics.has(record))
            #expect(await gateway.tidyUpStatistics(idleAfter: .zero) == nil)
            #expect(!gateway.statistics.has(record))
        }
    }
}
