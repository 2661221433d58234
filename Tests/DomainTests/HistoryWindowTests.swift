import Domain
import Foundation
import Testing

@Suite("The window of a chart")
struct HistoryWindowTests {
    private let now = Date(timeIntervalSince1970: 1_730_925_012)
    private let hour: TimeInterval = 3600

    @Test(
        "The step is the finest round one that is enough, and not finer than the readings",
        arguments: [
            (1, 500, 5, 10), (1, 500, 120, 120), (1, 2000, 5, 5), (1, 2, 5, 3600), (24, 500, 120, 300),
            (24, 500, 3600, 3600),
            (24, 2000, 5, 60), (24 * 7, 500, 120, 1800), (24 * 90, 500, 120, 21_600), (24 * 90, 2000, 60, 7200),
            (24 * 366, 500, 60, 86_400), (24 * 3660, 500, 60, 8 * 86_400), (24 * 3660, 2, 60, 2004 * 86_400),
        ] as [(Double, Int, Int, Int)])
    func steps(_ hours: Double, _ points: Int, _ finest: Int, _ step: Int) throws {
        let window = try HistoryWindow(from: now - hours * hour, to: now, points: points, finest: finest, now: now)
        #expect(window.stepSeconds == step)
        #expect(window.from == now - hours * hour && window.to == now)
    }

    @Test("A whole day in 24 points has 24 hours, in 23 it has not")
    func exact() throws {
        let midnight = Date(timeIntervalSince1970: 1_730_851_200)
        for (points, step) in [(24, 3600), (23, 7200), (25, 3600), (288, 300), (287, 600)] {
            let window = try HistoryWindow(
                from: midnight, to: midnight + 24 * hour, points: points, finest: 60, now: now)
            #expect(window.stepSeconds == step)
        }
    }

    @Test("Never more steps than points touch the window, wherever it lies", arguments: 0..<400)
    func bounded(_ seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ range: ClosedRange<Double>) -> Double {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return range.lowerBound + Double(state % 1_000_000) / 1_000_000 * (range.upperBound - range.lowerBound)
        }
        let from = now - random(0...400) * 86_400
        let length = pow(10, random(0...7.5))
        let points = Int(random(2...2000))
        let window = try HistoryWindow(from: from, to: from + length, points: points, finest: 5, now: now)
        let step = Double(window.stepSeconds)
        let first = (from.timeIntervalSince1970 / step).rounded(.down)
        let last = ((from.timeIntervalSince1970 + length) / step).rounded(.up)
        #expect(Int(last - first) <= points)
    }

    @Test("Without a beginning and an end it is the last 24 hours, the same all through a step")
    func recent() throws {
        let first = try HistoryWindow(from: nil, to: nil, points: 500, finest: 60, now: now)
        #expect(first.stepSeconds == 300)
        #expect(first.to.timeIntervalSince1970 == 1_730_925_300)
        #expect(first.to.timeIntervalSince(first.from) == 24 * hour)
        for later in [1, 100, 287.9] {
            #expect(try HistoryWindow(from: nil, to: nil, points: 500, finest: 60, now: now + later) == first)
        }
        let next = try HistoryWindow(from: nil, to: nil, points: 500, finest: 60, now: now + 288)
        #expect(next.from == first.from + 300 && next.to == first.to + 300)
        for (points, step) in [(24, 3600), (96, 900), (288, 300), (2, 43_200)] {
            #expect(try HistoryWindow(from: nil, to: nil, points: points, finest: 60, now: now).stepSeconds == step)
        }
        let yesterday = try HistoryWindow(from: nil, to: now - 7, points: 500, finest: 60, now: now)
        #expect(yesterday.to == now - 7 && yesterday.from == now - 7 - 24 * hour)
        let hence = try HistoryWindow(from: now - 7, to: nil, points: 500, finest: 60, now: now)
        #expect(hence.from == now - 7 && hence.to > now && hence.to <= now + 60)
    }

    @Test("Backwards, empty and endless windows are against the rules")
    func rules() {
        let bad: [(Date?, Date?)] = [
            (now, now), (now, now - 1), (now + 1, nil), (now - 3661 * 24 * hour, nil),
            (now - 3660 * 24 * hour - 1, now), (.distantPast, nil), (nil, .distantFuture),
        ]
        for (from, to) in bad.dropLast() {
            #expect(throws: Rejection.self) {
                try HistoryWindow(from: from, to: to, points: 500, finest: 60, now: now)
            }
        }
        #expect(throws: Never.self) {
            try HistoryWindow(from: nil, to: .distantFuture, points: 500, finest: 60, now: now)
        }
    }
}

@Suite("Moments as clients write them")
struct MomentTests {
    @Test(
        "An instant has a day, a time and an offset",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2024-11-06T20:30:00Z", 1_730_925_000), ("2024-11-06T20:30Z", 1_730_925_000),
            ("2024-11-06T20:30:00.000Z", 1_730_925_000), ("2024-11-06T20:30:00.25Z", 1_730_925_000.25),
            ("2024-11-06T15:30:00-05:00", 1_730_925_000), ("2024-11-07T02:15:00+05:45", 1_730_925_000),
            ("2024-02-29T23:59:59Z", 1_709_251_199), ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("9999-12-31T23:59:59-23:59", 253_402_387_139),
        ] as [(String, Double)])
    func reads(_ text: String, _ seconds: Double) {
        #expect(Date(iso8601: text)?.timeIntervalSince1970 == seconds)
    }

    @Test(
        "Anything else is none",
        arguments: [
            "", "2024-11-06", "2024-11-06T20:30:00", "2024-11-06 20:30:00Z", "2024-11-06t20:30:00z",
            "2024-11-6T20:30:00Z",
            "2023-02-29T00:00:00Z", "2024-11-06T24:00:00Z", "2024-11-06T20:60:00Z", "2024-11-06T20:30:60Z",
            "2024-11-06T20Z", "2024-11-06T20:30:00+05", "2024-11-06T20:30:00+24:00", "2024-11-06T20:30:00+01:60",
            "2024-11-06T20:30:00.Z", " 2024-11-06T20:30:00Z", "2024-11-06T20:30:00Z ", "٢٠٢٤-11-06T20:30:00Z",
            "2024-11-06T٢٠:30:00Z", "20241106T203000Z", "+2024-11-06T20:30:00Z", "2024-11-06T20:30:00ZZ", "now",
            "1730925000",
        ])
    func refuses(_ text: String) {
        #expect(Date(iso8601: text) == nil)
    }
}
