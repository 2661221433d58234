import Domain

/// The row that the metrics query answers with.
struct MetricsRow {
    private static let counts = 8
    /// No database has more rows; what a server claims beyond this would overflow the sums over all partners.
    private static let plausible = 0...1_000_000_000_000

    let reading: MetricsReading

    /// Throws if it is not the row that was asked for. `limitOnFile` counts where the partner has no valid one.
    init(_ rows: [[String?]], limitOnFile: Int) throws(DatabaseFailure) {
        guard rows.count == 1, let row = rows.first, row.count == Self.counts + 2 else { throw Self.unexpected }
        let counts = row.prefix(Self.counts).compactMap(Self.count)
        guard counts.count == Self.counts else { throw Self.unexpected }
        let partnerLimit = SettingText.limit(row[Self.counts])
        reading = MetricsReading(
            metrics: Metrics(
                campaignsToday: counts[0], runningCampaigns: counts[1], activeCalls: counts[2], queuedCalls: counts[3],
                completedCallsToday: counts[4], voicemailCount: counts[5], customerEndedCount: counts[6],
                remainingCalls: counts[7], concurrencyLimit: partnerLimit ?? limitOnFile),
            partnerLimit: partnerLimit, partnerPause: SettingText.flag(row[Self.counts + 1]))
    }

    /// A number of rows; `nil` if there cannot be as many.
    static func count(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { plausible.contains($0) ? $0 : nil }
    }

    private static let unexpected = DatabaseFailure(
        cause: .implausible, code: 0, detail: "the answer is not one row of \(counts) numbers and two settings")
}

/// What the texts in `settings.value` mean; anything else than expected means nothing.
enum SettingText {
    /// A whole number ≥ 1 in digits.
    static func limit(_ text: String?) -> Int? {
        guard let text, !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let limit = Int(text) else {
            return nil
        }
        return limit >= 1 ? limit : nil
    }

    /// `true` or `false`.
    static func flag(_ text: String?) -> Bool? {
        switch text {
        case "true": true
        case "false": false
        default: nil
        }
    }
}
