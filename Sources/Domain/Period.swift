package import Foundation

/// The calendar days that statistics are asked for, from the first to the last, both included.
package struct Period: Sendable, Hashable {
    /// The longest, in days.
    package static let longest = 3_660

    package let start: CalendarDate
    package let end: CalendarDate

    /// Throws the rule if the end is before the start or the period is too long.
    package init(from start: CalendarDate, to end: CalendarDate) throws(Rejection) {
        guard start <= end else { throw .rule("The end date must not be before the start date") }
        guard end.dayNumber - start.dayNumber < Self.longest else {
            throw .rule("A period may have at most \(Self.longest) days")
        }
        self.start = start
        self.end = end
    }
}

extension BusinessCalendar {
    /// From the start of the period's first day to the end of its last.
    package func range(of period: Period) -> Range<Date> {
        start(ofDay: period.start.dayNumber)..<start(ofDay: period.end.dayNumber + 1)
    }
}
