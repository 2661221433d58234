package import Foundation

/// What a chart of one partner shows; the raw value is the key in the API.
package enum PartnerMetric: String, Sendable, CaseIterable {
    case campaignsToday, runningCampaigns, activeCalls, queuedCalls, completedCallsToday, voicemailCount
    case customerEndedCount, remainingCalls, utilizationPercent, concurrencyLimit
}

/// What a chart of all partners shows, as the overview has it; the raw value is the key in the API.
package enum TotalMetric: String, Sendable, CaseIterable {
    case campaignsToday, runningCampaigns, activeCalls, queuedCalls, completedCallsToday, remainingCalls
    /// The mean over partners.
    case avgUtilization
    /// The sum of the active partners' limits.
    case concurrencyLimit
    case activePartners
    /// On how many fresh readings the sums rest.
    case freshPartners
}

/// What the overview said at one moment.
package struct Totals: Sendable, Equatable {
    /// To the millisecond.
    package let time: Date
    private let values: [TotalMetric: Double]

    package init(at time: Date, _ value: (TotalMetric) -> Double) {
        self.time = time
        values = Dictionary(uniqueKeysWithValues: TotalMetric.allCases.map { ($0, value($0)) })
    }

    /// The sums over the readings of active partners, of which so many are fresh.
    package init(at time: Date, of readings: [Metrics], activePartners: Int, freshPartners: Int) {
        func sum(_ value: (Metrics) -> Int) -> Double { Double(readings.reduce(0) { $0 + value($1) }) }
        let utilization = readings.reduce(0) { $0 + $1.utilizationPercent } / Double(max(readings.count, 1))
        self.init(at: time) { metric in
            switch metric {
            case .campaignsToday: sum(\.campaignsToday)
            case .runningCampaigns: sum(\.runningCampaigns)
            case .activeCalls: sum(\.activeCalls)
            case .queuedCalls: sum(\.queuedCalls)
            case .completedCallsToday: sum(\.completedCallsToday)
            case .remainingCalls: sum(\.remainingCalls)
            case .avgUtilization: (utilization * 100).rounded() / 100
            case .concurrencyLimit: sum(\.concurrencyLimit)
            case .activePartners: Double(activePartners)
            case .freshPartners: Double(freshPartners)
            }
        }
    }

    package subscript(_ metric: TotalMetric) -> Double { values[metric] ?? 0 }
}

/// The values of one metric within one step.
package struct Spread: Sendable, Equatable {
    package let min: Double
    /// Over the readings, 2 decimals.
    package let mean: Double
    package let max: Double

    package init(min: Double, mean: Double, max: Double) {
        self.min = min
        self.mean = mean
        self.max = max
    }
}

/// What was read in a window, step by step. Steps without a reading are left out: a gap stays a gap.
package struct History<Metric: CaseIterable & Sendable>: Sendable {
    package struct Step: Sendable {
        /// Its beginning, a multiple of the step's length since 1970: the first may begin before the window.
        package let time: Date
        /// Of each metric, in the order of `allCases`.
        package let spreads: [Spread]

        package init(time: Date, spreads: [Spread]) {
            self.time = time
            self.spreads = spreads
        }
    }

    package let window: HistoryWindow
    /// Oldest first.
    package let steps: [Step]

    package init(window: HistoryWindow, steps: [Step]) {
        self.window = window
        self.steps = steps
    }
}
