import Domain
import Testing

@Suite("Periods")
struct PeriodTests {
    private func period(_ start: String, _ end: String) throws -> Period {
        try Period(from: #require(CalendarDate(start)), to: #require(CalendarDate(end)))
    }

    @Test(
        "Both days are included, and 3660 of them are allowed",
        arguments: [("2024-02-29", "2024-02-29"), ("2015-01-01", "2025-01-07"), ("0001-01-01", "0001-12-31")])
    func allowed(start: String, end: String) throws {
        let period = try period(start, end)
        #expect("\(period.start) \(period.end)" == "\(start) \(end)")
    }

    @Test("The end is not before the start")
    func backwards() {
        #expect(throws: Rejection.rule("The end date must not be before the start date")) {
            try period("2024-03-02", "2024-03-01")
        }
    }

    @Test(
        "One day more is too many", arguments: [("2015-01-01", "2025-01-08"), ("0001-01-01", "9999-12-31")])
    func tooLong(start: String, end: String) {
        #expect(throws: Rejection.rule("A period may have at most 3660 days")) { try period(start, end) }
    }
}

@Suite("Counts by status")
struct StatusCountsTests {
    @Test("The total is the sum, NULL is UNKNOWN, and nothing else is changed")
    func sums() {
        var counts = StatusCounts()
        for (count, status) in [(3, "ENDED"), (2, nil), (4, "UNKNOWN"), (1, "ended"), (5, "ENDED "), (6, "")] {
            counts.add(count, of: status)
        }
        #expect(counts.total == 21)
        #expect(counts.byStatus.map(\.status) == ["", "ENDED", "ENDED ", "UNKNOWN", "ended"])
        #expect(counts.byStatus.map(\.count) == [6, 3, 5, 6, 1])
    }

    @Test("Texts that only look alike are two statuses")
    func lookalikes() {
        var counts = StatusCounts()
        counts.add(1, of: "pr\u{e9}t")
        counts.add(2, of: "pre\u{301}t")
        #expect(counts.byStatus.map(\.count) == [2, 1])
    }

    @Test("Partners add up status by status")
    func aggregates() {
        var (one, two) = (PeriodStatistics(), PeriodStatistics())
        one.calls.add(1, of: "A")
        two.calls.add(2, of: "A")
        two.submittals.add(4, of: "B")
        let sum = [one, two].reduce(PeriodStatistics(), +)
        #expect(sum.calls.byStatus.map(\.count) == [3])
        #expect(sum.submittals.total == 4)
    }
}
