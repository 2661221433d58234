import Domain
import Foundation
import Testing

@Suite("Calendar dates")
struct CalendarDateTests {
    @Test(
        "A real day in ASCII is read and written back",
        arguments: [
            ("2024-02-29", 19_782), ("2000-02-29", 11_016), ("1970-01-01", 0), ("1969-12-31", -1),
            ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
        ])
    func real(text: String, number: Int) throws {
        let date = try #require(CalendarDate(text))
        #expect(date.description == text)
        #expect(date.dayNumber == number)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "2024-2-29", "2024-02-30", "2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-00-10",
            "2024-01-00", "2024-01-32", "0000-01-01", "24-01-01", "2024/01/01", "2024-01-01T00:00:00Z", " 2024-01-01",
            "2024-01-01 ", "-024-01-01", "+024-01-01", "20240101", "２０２４-01-01", "٢٠٢٤-٠١-٠١", "2024–01–01",
            "2024-01-0x", "2024-01-01\n", "2024-01-0\u{301}1",
        ])
    func unreal(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test("Days are numbered without gap or repetition over four centuries, and in order")
    func numbers() {
        var expected = -719_162 + 365 * 1599 + 387
        var previous: CalendarDate?
        for year in 1600...2000 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let date = CalendarDate(year: year, month: month, day: day) else { continue }
                    if date.dayNumber != expected {
                        Issue.record("\(date) is number \(date.dayNumber), not \(expected)")
                    }
                    if let previous, previous >= date { Issue.record("\(previous) is not before \(date)") }
                    expected += 1
                    previous = date
                }
            }
        }
        #expect(expected == CalendarDate("2001-01-01")?.dayNumber)
    }
}
