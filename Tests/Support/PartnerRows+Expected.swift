package import Domain
package import Foundation

extension PartnerRows {
    /// The metrics of these rows by the definitions in the partner database's description, computed the slow way.
    ///
    /// `tenant` 0 counts everything; otherwise the tables of `schema` with a tenant column are limited to it.
    package func expectedMetrics(
        today: Range<Date>, schema: PartnerSchema = PartnerSchema(), tenant: Int = 0, limitOnFile: Int
    ) -> Metrics {
        func isOurs(_ table: PartnerSchema.Table, _ owner: Int) -> Bool {
            tenant == 0 || !schema.tenantTables.contains(table) || owner == tenant
        }
        let live = campaigns.filter { !$0.isDeleted && isOurs(.campaigns, $0.tenant) }
        let ours = calls.filter { isOurs(.calls, $0.tenant) }
        let done = ours.filter { $0.status == "ENDED" && today.contains($0.updatedAt) }
        let own = schema.missing.contains(.settings) ? nil : settings["callConcurrency"].flatMap(Int.init)
        return Metrics(
            campaignsToday: live.count { today.contains($0.createdAt) },
            runningCampaigns: live.count { $0.status == "RUNNING" },
            activeCalls: ours.count { $0.status == "INPROGRESS" },
            queuedCalls: ours.count { $0.status == "QUEUED" },
            completedCallsToday: done.count,
            voicemailCount: done.count { $0.endReason == "voicemail" },
            customerEndedCount: done.count { $0.endReason == "customer-ended-call" },
            remainingCalls: remaining(in: live.filter { $0.status == "RUNNING" }, calls: ours),
            concurrencyLimit: own.flatMap { $0 >= 1 ? $0 : nil } ?? limitOnFile)
    }

    /// The statistics of these rows by the same description.
    package func expectedStatistics(
        of range: Range<Date>, schema: PartnerSchema = PartnerSchema(), tenant: Int = 0
    ) -> PeriodStatistics {
        func isOurs(_ table: PartnerSchema.Table, _ owner: Int) -> Bool {
            tenant == 0 || !schema.tenantTables.contains(table) || owner == tenant
        }
        var statistics = PeriodStatistics()
        for call in calls where range.contains(call.createdAt) && isOurs(.calls, call.tenant) {
            statistics.calls.add(1, of: call.status)
        }
        for submittal in submittals where range.contains(submittal.createdAt) && isOurs(.submittals, submittal.tenant) {
            statistics.submittals.add(1, of: submittal.status)
        }
        return statistics
    }

    private func remaining(in running: [Campaign], calls: [Call]) -> Int {
        let byLink = Dictionary(grouping: calls) { Link(campaign: $0.campaign, contact: $0.contact) }
        let ids = Set(running.map(\.id))
        let waiting = links.filter { link in
            guard ids.contains(link.campaign) else { return false }
            guard let made = byLink[link] else { return true }
            return made.contains { $0.status == "QUEUED" || $0.status == "INPROGRESS" }
        }
        return Set(waiting.map(\.contact)).count
    }
}
