import Domain
import Foundation

/// The sums over the latest snapshots of the active partners, and on how many fresh ones they rest.
struct Overview {
    var campaignsToday = 0
    var runningCampaigns = 0
    var activeCalls = 0
    var queuedCalls = 0
    var completedCallsToday = 0
    var remainingCalls = 0
    /// What the sums are of.
    let readings: [Metrics]
    let totalPartners: Int
    let activePartners: Int
    /// The mean over active partners with a snapshot, 2 decimals; 0 without any.
    let averageUtilization: Double
    /// The newest snapshot's time; before the first, when the server started.
    let lastUpdated: Date
    let freshPartners: Int
    /// The active partners that are not fresh: stale, or never read.
    let stalePartners: Int

    init(_ standings: [PartnerStanding], startedAt: Date) {
        let active = standings.filter(\.partner.configuration.isActive)
        let snapshots = active.compactMap(\.snapshot)
        totalPartners = standings.count
        activePartners = active.count
        freshPartners = active.count { $0.snapshot != nil && !$0.isStale }
        stalePartners = active.count - freshPartners
        lastUpdated = snapshots.map(\.time).max() ?? startedAt
        let utilization = snapshots.reduce(0) { $0 + $1.metrics.utilizationPercent }
        averageUtilization = (utilization / Double(max(snapshots.count, 1)) * 100).rounded() / 100
        readings = snapshots.map(\.metrics)
        for metrics in readings { add(metrics) }
    }

    private mutating func add(_ metrics: Metrics) {
        campaignsToday += metrics.campaignsToday
        runningCampaigns += metrics.runningCampaigns
        activeCalls += metrics.activeCalls
        queuedCalls += metrics.queuedCalls
        completedCallsToday += metrics.completedCallsToday
        remainingCalls += metrics.remainingCalls
    }
}

extension Overview {
    /// What charts keep of it; `nil` if nothing is fresh: what nobody measured is no data.
    func totals(at now: Date) -> Totals? {
        guard freshPartners > 0 else { return nil }
        return Totals(at: now, of: readings, activePartners: activePartners, freshPartners: freshPartners)
    }
}
