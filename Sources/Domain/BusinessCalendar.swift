package import Foundation

/// Calendar days in the business time zone, as half-open ranges of instants.
package struct BusinessCalendar: Sendable {
    private let zone: TimeZone

    /// `nil` if there is no such IANA zone; abbreviations such as `EST` are none.
    package init?(timeZone identifier: String) {
        guard FieldRules.timeZone(identifier) == nil, let zone = TimeZone(identifier: identifier) else { return nil }
        self.zone = zone
    }

    /// `[start of the day, start of the next day)` of the day that `moment` falls in; as long as the zone has it.
    package func day(containing moment: Date) -> Range<Date> {
        let day = localDay(Int(moment.timeIntervalSince1970.rounded(.down)))
        return start(ofDay: day)..<start(ofDay: day + 1)
    }

    /// Both days included: `[start of first, start of the day after last)`. Empty for a day that the zone skipped.
    package func period(from first: CalendarDate, to last: CalendarDate) -> Range<Date> {
        start(ofDay: first.daysSince1970)..<max(start(ofDay: first.daysSince1970), start(ofDay: last.daysSince1970 + 1))
    }

    /// The day that `moment` falls in.
    package func date(containing moment: Date) -> CalendarDate {
        CalendarDate(daysSince1970: localDay(Int(moment.timeIntervalSince1970.rounded(.down))))
    }

    /// The first second whose local date is `day` or later, found by bisection: it needs nothing of the zone but its
    /// offset at an instant, so midnights that do not exist and days that were skipped are no special cases.
    private func start(ofDay day: Int) -> Date {
        // No offset from UTC is beyond 14 hours.
        var before = day * 86_400 - 15 * 3_600
        var after = day * 86_400 + 15 * 3_600
        while after - before > 1 {
            let middle = (before + after) / 2
            if localDay(middle) >= day { after = middle } else { before = middle }
        }
        return Date(timeIntervalSince1970: Double(after))
    }

    private func localDay(_ second: Int) -> Int {
        let local = second + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
        return local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    }
}
