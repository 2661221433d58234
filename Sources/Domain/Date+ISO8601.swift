package import Foundation

extension Date {
    /// Reads one instant of ISO 8601, such as `2024-11-06T20:30:00Z` or `2024-11-06T15:30-05:00`: a real day, ASCII
    /// digits, seconds and their fraction optional, the offset from UTC not. `nil` for anything else.
    package init?(iso8601 text: String) {
        let pattern =
            #/([0-9-]{10})T([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]{1,9})?))?(?:Z|([+-][0-9]{2}):([0-9]{2}))/#
        guard let match = text.wholeMatch(of: pattern)?.output, let day = CalendarDate(String(match.1)),
            let hour = Int(match.2), let minute = Int(match.3), let second = Double(match.4 ?? "0"),
            let offsetHours = Int(match.5 ?? "0"), let offsetMinutes = Int(match.6 ?? "0"),
            hour < 24, minute < 60, second < 60, abs(offsetHours) < 24, offsetMinutes < 60
        else { return nil }
        let offset = abs(offsetHours) * 3600 + offsetMinutes * 60
        let seconds = day.dayNumber * 86_400 + hour * 3600 + minute * 60 - (match.5?.first == "-" ? -offset : offset)
        self.init(timeIntervalSince1970: Double(seconds) + second)
    }
}
