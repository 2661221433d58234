import Domain
import Foundation

extension SettingChange {
    /// What `settingValue` made of a change of this field; `nil` if it did not.
    fileprivate init?(field: SettingField, settingValue: String) {
        switch field {
        case .concurrencyLimit:
            guard let limit = Int(settingValue) else { return nil }
            self = .concurrencyLimit(limit)
        case .pauseNonPriorityCampaigns:
            guard let isPaused = Bool(settingValue) else { return nil }
            self = .pauseNonPriorityCampaigns(isPaused)
        }
    }
}

extension PartnerConfiguration {
    /// The value on file of one of the two settings.
    func setting(_ field: SettingField) -> SettingChange {
        switch field {
        case .concurrencyLimit: .concurrencyLimit(concurrencyLimit)
        case .pauseNonPriorityCampaigns: .pauseNonPriorityCampaigns(pauseNonPriorityCampaigns)
        }
    }

    /// Puts a value on file.
    mutating func apply(_ change: SettingChange) {
        switch change {
        case .concurrencyLimit(let limit): concurrencyLimit = limit
        case .pauseNonPriorityCampaigns(let isPaused): pauseNonPriorityCampaigns = isPaused
        }
    }
}

/// Who changed a setting, and why.
struct ChangeOrigin: Sendable {
    let user: String
    let reason: String?
    let time: Date

    /// A value that a visit found changed at the partner itself.
    static func partner(at time: Date) -> ChangeOrigin {
        ChangeOrigin(user: "partner", reason: nil, time: time)
    }
}

extension SQLSession {
    /// The pending changes of all partners, or of one, by partner key.
    func pendingChanges(of key: Int64? = nil) throws(StoreError) -> [Int64: [PendingChange]] {
        let sql = """
            SELECT id, partner, field, new_value, time, sync_error FROM setting_changes WHERE is_pending = 1
            """
        let found =
            if let key { try rows("\(sql) AND partner = ? ORDER BY id", key) } else { try rows("\(sql) ORDER BY id") }
        var pending: [Int64: [PendingChange]] = [:]
        for row in found {
            pending[try row.get("partner"), default: []].append(try PendingChange(row))
        }
        return pending
    }

    /// Adds a history row that waits for the partner, instead of an older one that still did.
    func storePending(
        _ change: SettingChange, was old: SettingChange, by origin: ChangeOrigin, key: Int64
    ) throws(StoreError) {
        try execute(
            """
            UPDATE setting_changes SET is_pending = 0, sync_error = 'Replaced by a newer change'
            WHERE partner = ? AND field = ? AND is_pending = 1
            """, key, change.field)
        try insert(change, was: old, by: origin, key: key, syncedAt: nil)
    }

    /// Adds a history row of a value that the partner already has.
    func storeTakenOver(_ change: SettingChange, was old: SettingChange, at now: Date, key: Int64) throws(StoreError) {
        try insert(change, was: old, by: .partner(at: now), key: key, syncedAt: now)
    }

    /// A change that the partner has (`syncedAt`) or, with `nil`, does not have yet.
    private func insert(
        _ change: SettingChange, was old: SettingChange, by origin: ChangeOrigin, key: Int64, syncedAt: Date?
    ) throws(StoreError) {
        try execute(
            """
            INSERT INTO setting_changes
                (partner, field, old_value, new_value, reason, changed_by, time, synced_at, sync_error, is_pending)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)
            """,
            key, change.field, old.settingValue, change.settingValue, origin.reason, origin.user, origin.time,
            syncedAt, syncedAt == nil)
    }
}

extension PendingChange {
    fileprivate init(_ row: SQLRow) throws(StoreError) {
        let id: Int64 = try row.get("id")
        guard let change = SettingChange(field: try row.get("field"), settingValue: try row.get("new_value")) else {
            throw .database("Setting change \(id) holds no value of its field.")
        }
        self.init(changeID: id, change: change, since: try row.get("time"), error: try row.get("sync_error"))
    }
}
