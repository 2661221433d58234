import Domain
import Foundation
import Hummingbird

/// Reads the parameters of a query and collects every fault. What nobody asks for is ignored.
struct QueryReader {
    private let request: Request
    private var faults: [FieldFault] = []

    init(_ request: Request) {
        self.request = request
    }

    /// All faults found so far.
    var rejection: Rejection { .fields(faults) }

    /// Throws all faults found so far as one.
    func finish() throws {
        guard faults.isEmpty else { throw rejection }
    }

    mutating func fault(_ name: String, _ message: String) {
        faults.append(FieldFault(name, message))
    }

    /// The value; `nil` if the parameter is absent, or there more than once, which is a fault.
    mutating func text(_ name: String) -> String? {
        let values = given(name)
        if values.count > 1 { fault(name, "must be given only once") }
        return values.count == 1 ? String(values[0]) : nil
    }

    /// A whole number in ASCII digits.
    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(name) else { return nil }
        let isPlain = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isPlain, let value = Int(text), range.contains(value) else {
            fault(name, "must be a whole number between \(range.lowerBound) and \(range.upperBound)")
            return nil
        }
        return value
    }

    mutating func flag(_ name: String) -> Bool? {
        guard let text = text(name) else { return nil }
        guard let flag = Bool(text) else {
            fault(name, "must be true or false")
            return nil
        }
        return flag
    }

    /// A day of the calendar. It must be there: `nil` is always a fault.
    mutating func date(_ name: String) -> CalendarDate? {
        if given(name).isEmpty { fault(name, "is required") }
        guard let text = text(name) else { return nil }
        let date = CalendarDate(text)
        if date == nil { fault(name, "must be a day of the calendar in the form YYYY-MM-DD") }
        return date
    }

    /// An instant of ISO 8601, or a date, which stands for the beginning of that business day.
    mutating func moment(_ name: String, in calendar: BusinessCalendar) -> Date? {
        guard let text = text(name) else { return nil }
        if let moment = Date(iso8601: text) { return moment }
        if let date = CalendarDate(text) { return calendar.start(of: date) }
        fault(name, "must be a moment such as 2024-11-06T20:30:00Z or a date such as 2024-11-06")
        return nil
    }

    private func given(_ name: String) -> [Substring] {
        request.uri.queryParameters[values: name[...]]
    }
}
