import Domain
import Foundation
import TestSupport
import Testing

@Suite("Business days")
struct BusinessCalendarTests {
    /// Those the issue names, then zones whose clock changes at midnight, over it, or by odd amounts.
    static let zones = [
        "America/New_York", "Europe/London", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe",
        "Pacific/Apia", "America/Santiago", "UTC",
        "Africa/Cairo", "Asia/Beirut", "America/Havana", "Asia/Tehran", "Asia/Amman", "America/Asuncion",
        "Asia/Gaza", "Atlantic/Azores", "Africa/Casablanca", "Asia/Kolkata",
    ]
    /// With Samoa's missing day in 2011, Brazil's last change in 2019, and Egypt's return to summer time in 2023.
    static let years = 2009..<2025

    static let days = years.flatMap { year in
        (1...12).flatMap { month in (1...31).compactMap { CalendarDate(year: year, month: month, day: $0) } }
    }

    @Test("Every day of sixteen years starts and ends when an independent calendar says, in eighteen zones")
    func everyDay() async throws {
        let oracle = try await DayOracle(zones: Self.zones, years: Self.years)
        var lengths: Set<Int> = []
        for zone in Self.zones {
            let calendar = try #require(BusinessCalendar(timeZone: zone))
            let starts = try #require(oracle.starts[zone])
            try #require(starts.count == Self.days.count + 1)
            for (index, day) in Self.days.enumerated() {
                let expected = Date(starts[index])..<Date(starts[index + 1])
                try expect(day, to: expected, in: calendar, zone)
                lengths.insert(starts[index + 1] - starts[index])
            }
        }
        #expect(
            lengths == [0, 23 * 3600, 23 * 3600 + 1800, 86_400, 24 * 3600 + 1800, 25 * 3600], "What the years hold")
    }

    /// An `#expect` for each of a hundred thousand days would cost more than all else here.
    private func expect(
        _ day: CalendarDate, to expected: Range<Date>, in calendar: BusinessCalendar, _ zone: String
    ) throws {
        let period = calendar.range(of: try Period(from: day, to: day))
        if period != expected { Issue.record("\(zone) \(day) is \(period), not \(expected)") }
        guard !expected.isEmpty else { return }
        for moment in [expected.lowerBound, expected.upperBound - 0.001] {
            let found = calendar.day(containing: moment)
            if found != expected { Issue.record("\(zone) \(moment) is in \(found), not \(expected)") }
        }
    }

    @Test("A day that the zone left out is empty, and its neighbours meet")
    func leftOut() throws {
        let apia = try #require(BusinessCalendar(timeZone: "Pacific/Apia"))
        let days = try ["2011-12-29", "2011-12-30", "2011-12-31"].map { try #require(CalendarDate($0)) }
        let jump = try Date("2011-12-30T10:00:00Z", strategy: .iso8601)
        #expect(try apia.range(of: Period(from: days[1], to: days[1])).isEmpty)
        #expect(try apia.range(of: Period(from: days[0], to: days[2])) == jump - 86_400..<jump + 86_400)
        #expect(apia.day(containing: jump - 0.001) == jump - 86_400..<jump)
        #expect(apia.day(containing: jump) == jump..<jump + 86_400)
    }

    @Test("A midnight that does not exist gives way to the first moment after it")
    func missingMidnight() throws {
        let santiago = try #require(BusinessCalendar(timeZone: "America/Santiago"))
        let change = try Date("2024-09-08T04:00:00Z", strategy: .iso8601)
        #expect(santiago.day(containing: change) == change..<change + 23 * 3600)
        #expect(santiago.day(containing: change - 1) == change - 86_400..<change)
    }

    @Test("Where the clock is set back over midnight, every moment is still in exactly one day")
    func backOverMidnight() throws {
        // Newfoundland changed its clocks at 00:01 until 2011.
        let calendar = try #require(BusinessCalendar(timeZone: "America/St_Johns"))
        let change = try Date("2010-11-07T02:31:00Z", strategy: .iso8601)
        let sunday = calendar.day(containing: change - 60)
        #expect(sunday.lowerBound == change - 60)
        #expect(calendar.day(containing: change + 1800) == sunday)
        #expect(calendar.day(containing: change - 61).upperBound == sunday.lowerBound)
        #expect(calendar.day(containing: sunday.upperBound).lowerBound == sunday.upperBound)
    }

    @Test("A period includes both its days")
    func period() throws {
        let calendar = try #require(BusinessCalendar(timeZone: "America/New_York"))
        let march = try #require(CalendarDate("2024-03-09")), end = try #require(CalendarDate("2024-03-11"))
        let range = calendar.range(of: try Period(from: march, to: end))
        #expect(range.lowerBound == (try Date("2024-03-09T05:00:00Z", strategy: .iso8601)))
        #expect(range.upperBound == (try Date("2024-03-12T04:00:00Z", strategy: .iso8601)))
    }

    @Test(
        "There is no calendar for what is no IANA zone",
        arguments: ["", "EST", "UTC+3", "Mars/Olympus", "america/new_york"])
    func noZone(name: String) {
        #expect(BusinessCalendar(timeZone: name) == nil)
    }
}

extension Date {
    fileprivate init(_ second: Int) {
        self.init(timeIntervalSince1970: TimeInterval(second))
    }
}
