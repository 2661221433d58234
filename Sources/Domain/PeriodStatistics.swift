/// What happened at a partner in a period, by the status that things have now.
package struct PeriodStatistics: Sendable, Equatable {
    package var calls: StatusCounts
    package var submittals: StatusCounts

    /// Without arguments: nothing happened.
    package init(calls: StatusCounts = StatusCounts(), submittals: StatusCounts = StatusCounts()) {
        self.calls = calls
        self.submittals = submittals
    }

    /// Both together, status by status.
    package static func + (left: PeriodStatistics, right: PeriodStatistics) -> PeriodStatistics {
        PeriodStatistics(calls: left.calls + right.calls, submittals: left.submittals + right.submittals)
    }
}

/// How many there are of each status.
package struct StatusCounts: Sendable, Equatable {
    private var counts: [Status: Int] = [:]

    /// Without any.
    package init() {}

    /// The sum over all statuses.
    package var total: Int { counts.values.reduce(0, +) }

    /// Each status once, in the order of its bytes.
    package var byStatus: [(status: String, count: Int)] {
        counts.map { ($0.key.text, $0.value) }.sorted { $0.status.utf8.lexicographicallyPrecedes($1.status.utf8) }
    }

    /// Adds to a status; `nil`, which a database calls NULL, counts as `UNKNOWN`.
    package mutating func add(_ count: Int, of status: String?) {
        counts[Status(text: status ?? "UNKNOWN"), default: 0] += count
    }

    fileprivate static func + (left: StatusCounts, right: StatusCounts) -> StatusCounts {
        var sum = left
        sum.counts.merge(right.counts, uniquingKeysWith: +)
        return sum
    }

    /// A text that is the same only byte by byte: Swift's own comparison takes two spellings of "é" for one.
    private struct Status: Hashable {
        let text: String

        static func == (left: Status, right: Status) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

        func hash(into hasher: inout Hasher) {
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }
}
