import Domain
import Foundation
import TestSupport

/// When the days of a zone start, by Python's zoneinfo and the system's time zone data: nothing of Foundation.
struct DayOracle {
    /// For each zone the start of every day of the years, and of the day after, in seconds since 1970.
    let starts: [String: [Int]]

    init(zones: [String], years: Range<Int>) async throws {
        let range = ["\(years.lowerBound)-01-01", "\(years.upperBound)-01-02"]
        let output = try await run("python3", ["-c", Self.program] + range + zones)
        let lines = output.split(separator: "\n").map { $0.split(separator: " ") }
        starts = Dictionary(uniqueKeysWithValues: lines.map { (String($0[0]), $0.dropFirst().compactMap { Int($0) }) })
    }

    private static let program = """
        \"""Prints, for each zone, the epoch second at which each day from first to before last starts.

        A day starts at the first instant whose local date is that day or a later one; what zoneinfo says of an instant is
        all that is asked. usage: first last zone...
        \"""
        import sys
        from datetime import date, datetime
        from zoneinfo import ZoneInfo

        STEP = 6 * 3600
        EPOCH = date(1970, 1, 1).toordinal()


        def day(second, zone):
            return datetime.fromtimestamp(second, zone).toordinal()


        def starts(first, last, zone):
            second = (first - EPOCH) * 86400 - 5 * STEP
            latest = day(second, zone)
            while latest < last - 1:
                second += STEP
                today = day(second, zone)
                if today > latest:
                    low, high = second - STEP, second
                    while high - low > 1:
                        middle = (low + high) // 2
                        if day(middle, zone) > latest:
                            high = middle
                        else:
                            low = middle
                    for each in range(max(latest + 1, first), min(today + 1, last)):
                        yield high
                    latest = today


        first, last = (date.fromisoformat(text).toordinal() for text in sys.argv[1:3])
        for name in sys.argv[3:]:
            print(name, *starts(first, last, ZoneInfo(name)))
        """
}
