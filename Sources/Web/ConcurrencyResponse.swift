package import Domain
package import Sync

extension JSONWriter {
    /// What became of a change; only one that went as it should has nothing but the documented keys.
    mutating func members(of fate: ChangeFate, _ message: String) {
        member("success", true)
        member("message", message)
        switch fate {
        case .confirmed(let isUnaudited):
            member("syncedToPartner", true)
            guard isUnaudited else { return }
            member("warning", "The partner has no table settings_auditlogs, so it keeps no record of the change")
        case .pending(let reason):
            notSynced(reason, isPending: true)
        case .replaced:
            notSynced(RecordedChange.replacement, isPending: false)
        }
    }

    private mutating func notSynced(_ reason: String, isPending: Bool) {
        member("syncedToPartner", false)
        member("syncError", reason)
        member("pending", isPending)
    }

    /// One row of a partner's history.
    mutating func members(of change: RecordedChange) {
        member("id", String(change.id))
        member("field", change.new.field.rawValue)
        member("oldValue", change.old)
        member("newValue", change.new)
        member("reason", change.reason)
        member("changedBy", change.changedBy)
        member("changedAt", change.changedAt)
        member("syncedToPartner", change.syncedAt != nil)
        member("syncedAt", change.syncedAt)
        member("syncError", change.syncError)
    }
}

/// A number or a boolean, by its field.
extension SettingChange: JSONScalar {
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .concurrencyLimit(let limit): writer.value(limit)
        case .pauseNonPriorityCampaigns(let isPaused): writer.value(isPaused)
        }
    }
}
