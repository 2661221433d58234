package import Foundation

/// Calendar days in the business time zone, as half-open ranges of instants.
package struct BusinessCalendar: Sendable {
    /// `nil` if there is no such IANA zone.
    package init?(timeZone identifier: String) {
        fatalError("Domain helper")
    }

    /// `[start of the day, start of the next day)` of the day that `moment` falls in; 23 to 25 hours long, as the zone has it.
    package func day(containing moment: Date) -> Range<Date> {
        fatalError("Domain helper")
    }
}
