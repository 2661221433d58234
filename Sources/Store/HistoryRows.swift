import Domain
import Foundation

/// A metric as it is stored.
protocol StoredMetric: CaseIterable, Sendable {
    /// A whole number in SQL.
    var expression: String { get }
    /// How many of it make 1.
    var scale: Double { get }
}

extension PartnerMetric: StoredMetric {
    var expression: String {
        switch self {
        case .campaignsToday: "campaigns_today"
        case .runningCampaigns: "running_campaigns"
        case .activeCalls: "active_calls"
        case .queuedCalls: "queued_calls"
        case .completedCallsToday: "completed_calls_today"
        case .voicemailCount: "voicemail_count"
        case .customerEndedCount: "customer_ended_count"
        case .remainingCalls: "remaining_calls"
        // Hundredths of a percent, rounded as `Metrics.utilizationPercent` is.
        case .utilizationPercent: "(active_calls * 20000 + concurrency_limit) / (2 * concurrency_limit)"
        case .concurrencyLimit: "concurrency_limit"
        }
    }

    var scale: Double { self == .utilizationPercent ? 100 : 1 }
}

extension TotalMetric: StoredMetric {
    /// A column of `totals`.
    var expression: String {
        switch self {
        case .campaignsToday: "campaigns_today"
        case .runningCampaigns: "running_campaigns"
        case .activeCalls: "active_calls"
        case .queuedCalls: "queued_calls"
        case .completedCallsToday: "completed_calls_today"
        case .remainingCalls: "remaining_calls"
        case .avgUtilization: "avg_utilization"
        case .concurrencyLimit: "concurrency_limit"
        case .activePartners: "active_partners"
        case .freshPartners: "fresh_partners"
        }
    }

    var scale: Double { self == .avgUtilization ? 100 : 1 }
}

extension SQLSession {
    /// Adds totals. Second ones of the same millisecond are the same, and are not kept.
    func insert(_ totals: Totals) throws(StoreError) {
        let metrics = TotalMetric.allCases
        let columns = metrics.map(\.expression).joined(separator: ", ")
        let places = metrics.map { _ in "?" }.joined(separator: ", ")
        let values = metrics.map { SQLValue.integer(Int64((totals[$0] * $0.scale).rounded())) }
        _ = try execute(
            "INSERT INTO totals (time, \(columns)) VALUES (?, \(places)) ON CONFLICT (time) DO NOTHING",
            arguments: [totals.time.sqlValue] + values)
    }

    /// Groups the rows of `table` (which says in `condition` whose) by steps of the window; one range of an index.
    func history<Metric: StoredMetric>(
        of table: String, where condition: String = "TRUE", _ arguments: any SQLConvertible..., in window: HistoryWindow
    ) throws(StoreError) -> History<Metric> {
        let metrics = Array(Metric.allCases)
        let figures = metrics.enumerated().map { index, metric in
            let value = metric.expression
            return
                "MIN(\(value)) AS min\(index), CAST(SUM(\(value)) AS BIGINT) AS sum\(index), MAX(\(value)) AS max\(index)"
        }
        let found = try rows(
            """
            SELECT time / ? AS step, COUNT(*) AS n, \(figures.joined(separator: ", ")) FROM \(table)
            WHERE \(condition) AND time >= ? AND time < ? GROUP BY step ORDER BY step
            """,
            arguments: [(window.stepSeconds * 1_000).sqlValue] + arguments.map(\.sqlValue)
                + [window.from.sqlValue, window.to.sqlValue])
        var steps: [History<Metric>.Step] = []
        for row in found {
            let number: Int = try row.get("step")
            steps.append(
                .init(
                    time: Date(timeIntervalSince1970: Double(number * window.stepSeconds)),
                    spreads: try row.spreads(of: metrics)))
        }
        return History(window: window, steps: steps)
    }
}

extension SQLRow {
    fileprivate func spreads(of metrics: [some StoredMetric]) throws(StoreError) -> [Spread] {
        let count: Int = try get("n")
        var spreads: [Spread] = []
        for (index, metric) in metrics.enumerated() {
            let (min, sum, max): (Int64, Int64, Int64) = (
                try get("min\(index)"), try get("sum\(index)"), try get("max\(index)")
            )
            let mean = Double(sum) / (Double(count) * metric.scale)
            spreads.append(
                Spread(
                    min: Double(min) / metric.scale, mean: (mean * 100).rounded() / 100,
                    max: Double(max) / metric.scale))
        }
        return spreads
    }
}
