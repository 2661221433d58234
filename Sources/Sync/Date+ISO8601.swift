package import Foundation

extension Date {
    /// UTC to the whole second, rounded down: `2024-11-06T20:30:00Z`. Years 0 to 9999; beyond, the nearest of them.
    package var iso8601: String {
        let range = -62_167_219_200.0...253_402_300_799.0
        let seconds = Int(min(max(timeIntervalSince1970, range.lowerBound), range.upperBound).rounded(.down))
        let day = (seconds / 86_400) - (seconds % 86_400 < 0 ? 1 : 0)
        let second = seconds - day * 86_400
        let date = civilDate(daysSince1970: day)
        return String(unsafeUninitializedCapacity: 20) { text in
            var place = 0
            func digits(_ number: Int, _ count: Int, then mark: Unicode.Scalar) {
                var rest = number
                for index in stride(from: place + count - 1, through: place, by: -1) {
                    text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                text[place + count] = UInt8(ascii: mark)
                place += count + 1
            }
            digits(date.year, 4, then: "-")
            digits(date.month, 2, then: "-")
            digits(date.day, 2, then: "T")
            digits(second / 3600, 2, then: ":")
            digits(second / 60 % 60, 2, then: ":")
            digits(second % 60, 2, then: "Z")
            return place
        }
    }
}

/// The proleptic Gregorian date of a day number, by Howard Hinnant's `civil_from_days`: eras of 400 years that
/// begin on 1 March, so that the leap day comes last.
private func civilDate(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = daysSince1970 + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}
