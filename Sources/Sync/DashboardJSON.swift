import Domain
import Foundation

// The documented keys in the documented order, then ours.

extension PartnerStanding {
    /// One element of `GET /api/dashboard/partners`.
    func write(to writer: inout JSONWriter) {
        writer.object { entry in
            entry.key("partner")
            entry.object(writePartner)
            entry.key("snapshot")
            guard let snapshot else { return entry.null() }
            entry.object { write(snapshot, to: &$0) }
        }
    }

    private func writePartner(to writer: inout JSONWriter) {
        let configuration = partner.configuration
        writer.member("id", partner.id.rawValue)
        writer.member("partnerName", configuration.name)
        writer.member("tenantId", configuration.tenantID)
        writer.member("concurrencyLimit", configuration.concurrencyLimit)
        writer.member("pauseNonPriorityCampaigns", configuration.pauseNonPriorityCampaigns)
        writer.member("isActive", configuration.isActive)
        writer.member("lastSyncAt", sync.lastSyncAt)
        writer.member("lastSyncStatus", sync.status.rawValue)
        writer.member("lastErrorMessage", sync.lastErrorMessage)
        writer.member("nextSyncAt", sync.nextSyncAt)
    }

    private func write(_ snapshot: Snapshot, to writer: inout JSONWriter) {
        let metrics = snapshot.metrics
        let judgement = judgement ?? snapshot.judgement
        writer.member("campaignsToday", metrics.campaignsToday)
        writer.member("runningCampaigns", metrics.runningCampaigns)
        writer.member("activeCalls", metrics.activeCalls)
        writer.member("queuedCalls", metrics.queuedCalls)
        writer.member("completedCallsToday", metrics.completedCallsToday)
        writer.member("voicemailCount", metrics.voicemailCount)
        writer.member("customerEndedCount", metrics.customerEndedCount)
        writer.member("remainingCalls", metrics.remainingCalls)
        writer.member("utilizationPercent", metrics.utilizationPercent)
        writer.member("alertLevel", judgement.level.rawValue)
        writer.member("snapshotTime", snapshot.time)
        writer.member("dataFetchTimeMs", snapshot.fetchMilliseconds)
        writer.member("concurrencyLimit", metrics.concurrencyLimit)
        writer.member("alertMessage", judgement.message)
        writer.member("isStale", isStale)
    }
}

extension Overview {
    /// The body of `GET /api/dashboard/overview`.
    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("campaignsToday", campaignsToday)
            body.member("runningCampaigns", runningCampaigns)
            body.member("activeCalls", activeCalls)
            body.member("queuedCalls", queuedCalls)
            body.member("completedCallsToday", completedCallsToday)
            body.member("remainingCalls", remainingCalls)
            body.member("totalPartners", totalPartners)
            body.member("activePartners", activePartners)
            body.member("avgUtilization", averageUtilization)
            body.member("lastUpdated", lastUpdated)
            body.member("freshPartners", freshPartners)
            body.member("stalePartners", stalePartners)
        }
    }
}
