import Domain

/// The rows that the period query answers with.
struct PeriodRows {
    /// The most different statuses, calls' and submittals' together.
    static let longest = 500
    /// The longest status, in bytes.
    private static let longestStatus = 1_000

    let statistics: PeriodStatistics

    /// Throws if they are not the rows that were asked for, or too many.
    init(_ rows: [[String?]]) throws(DatabaseFailure) {
        guard rows.count <= Self.longest else {
            let detail = "more than \(Self.longest) different statuses"
            throw DatabaseFailure(cause: .tooManyStatuses(limit: Self.longest), code: 0, detail: detail)
        }
        var statistics = PeriodStatistics()
        for row in rows {
            guard row.count == 3, let source = row[0].flatMap(PeriodQuery.Source.init),
                let count = MetricsRow.count(row[2]), row[1].map({ $0.utf8.count <= Self.longestStatus }) ?? true
            else {
                throw DatabaseFailure(
                    cause: .implausible, code: 0, detail: "a row is not a source, a status and a number")
            }
            switch source {
            case .calls: statistics.calls.add(count, of: row[1])
            case .submittals: statistics.submittals.add(count, of: row[1])
            }
        }
        self.statistics = statistics
    }
}
