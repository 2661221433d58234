package import Foundation

/// The live numbers of one partner at one moment; see the table in the partner database's description.
package struct Metrics: Sendable, Equatable {
    package var campaignsToday: Int
    package var runningCampaigns: Int
    package var activeCalls: Int
    package var queuedCalls: Int
    package var completedCallsToday: Int
    package var voicemailCount: Int
    package var customerEndedCount: Int
    package var remainingCalls: Int
    /// The limit in force: the partner's own setting where it is valid, else the one on file. At least 1.
    package var concurrencyLimit: Int

    package init(
        campaignsToday: Int, runningCampaigns: Int, activeCalls: Int, queuedCalls: Int, completedCallsToday: Int,
        voicemailCount: Int, customerEndedCount: Int, remainingCalls: Int, concurrencyLimit: Int
    ) {
        self.campaignsToday = campaignsToday
        self.runningCampaigns = runningCampaigns
        self.activeCalls = activeCalls
        self.queuedCalls = queuedCalls
        self.completedCallsToday = completedCallsToday
        self.voicemailCount = voicemailCount
        self.customerEndedCount = customerEndedCount
        self.remainingCalls = remainingCalls
        self.concurrencyLimit = concurrencyLimit
    }

    /// `activeCalls / concurrencyLimit × 100`, rounded to 2 decimals; may exceed 100.
    package var utilizationPercent: Double {
        (Double(activeCalls) / Double(max(concurrencyLimit, 1)) * 10_000).rounded() / 100
    }
}

/// What one reading of a partner's database said.
package struct MetricsReading: Sendable, Equatable {
    /// With the limit in force, see `Metrics.concurrencyLimit`.
    package var metrics: Metrics
    /// The partner's own `callConcurrency`; `nil` if it is missing or no whole number ≥ 1.
    package var partnerLimit: Int?
    /// The partner's own `pauseNonPriorityCampaigns`; `nil` if it is missing or neither `true` nor `false`.
    package var partnerPause: Bool?

    package init(metrics: Metrics, partnerLimit: Int?, partnerPause: Bool?) {
        self.metrics = metrics
        self.partnerLimit = partnerLimit
        self.partnerPause = partnerPause
    }
}

/// How urgent a partner's state is; the raw value is `alertLevel` in the API. Ordered by urgency.
package enum AlertLevel: String, Sendable, CaseIterable, Comparable {
    case normal = "NORMAL"
    case idle = "IDLE"
    case medium = "MEDIUM"
    case high = "HIGH"
    case critical = "CRITICAL"
    /// Not of a snapshot: the partner could not be read three times in a row.
    case error = "ERROR"

    package static func < (left: AlertLevel, right: AlertLevel) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .normal: 0
        case .idle: 1
        case .medium: 2
        case .high: 3
        case .critical: 4
        case .error: 5
        }
    }
}

/// A level with its sentence.
package struct Judgement: Sendable, Equatable {
    package let level: AlertLevel
    /// `nil` exactly when the level is `NORMAL`.
    package let message: String?

    package init(level: AlertLevel, message: String?) {
        self.level = level
        self.message = message
    }
}

/// One successful reading as it is kept.
package struct Snapshot: Sendable, Equatable {
    package let partnerID: PartnerID
    package let metrics: Metrics
    package let judgement: Judgement
    /// When the reading was taken, to the millisecond.
    package let time: Date
    /// How long the visit's reading took, connecting included.
    package let fetchMilliseconds: Int

    package init(partnerID: PartnerID, metrics: Metrics, judgement: Judgement, time: Date, fetchMilliseconds: Int) {
        self.partnerID = partnerID
        self.metrics = metrics
        self.judgement = judgement
        self.time = time
        self.fetchMilliseconds = fetchMilliseconds
    }
}
