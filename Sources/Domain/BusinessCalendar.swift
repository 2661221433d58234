package import Foundation

/// Calendar days in the business time zone, as half-open ranges of instants.
///
/// A day starts at the first instant whose local date is that day or a later one. So days never overlap and
/// leave no gap, where the clock jumps over midnight they start after the jump, and a day that a zone left out
/// (Apia, 30 December 2011) is empty. Foundation is asked for offsets and changes only.
package struct BusinessCalendar: Sendable {
    private let zone: TimeZone

    /// `nil` if there is no such IANA zone; see `FieldRules.timeZone(_:)`.
    package init?(timeZone identifier: String) {
        guard FieldRules.timeZone(identifier) == nil, let zone = TimeZone(identifier: identifier) else { return nil }
        self.zone = zone
    }

    /// `[start of the day, start of the next day)` of the day that `moment` falls in; 23 to 25 hours long, as the zone has it.
    package func day(containing moment: Date) -> Range<Date> {
        let local = moment.timeIntervalSince1970 + offset(at: moment)
        var number = Int((local / Self.day).rounded(.down))
        // A clock set back over midnight shows a date that is over already.
        while start(ofDay: number + 1) <= moment { number += 1 }
        return start(ofDay: number)..<start(ofDay: number + 1)
    }

    private static let day: TimeInterval = 86_400

    /// The first instant at which the local clock shows midnight of that day (counted from 1970) or later.
    func start(ofDay number: Int) -> Date {
        let midnight = TimeInterval(number) * Self.day
        // No zone is further than this from UTC, so the local clock is short of midnight.
        var moment = Date(timeIntervalSince1970: midnight - 1.5 * Self.day)
        while true {
            let candidate = Date(timeIntervalSince1970: midnight - offset(at: moment))
            guard let change = zone.nextDaylightSavingTimeTransition(after: moment), change <= candidate else {
                return candidate
            }
            if change.timeIntervalSince1970 + offset(at: change) >= midnight { return change }
            moment = change
        }
    }

    private func offset(at moment: Date) -> TimeInterval {
        TimeInterval(zone.secondsFromGMT(for: moment))
    }
}

extension BusinessCalendar {
    /// The first instant of a day.
    package func start(of date: CalendarDate) -> Date {
        start(ofDay: date.dayNumber)
    }
}
