import Domain
import Foundation

extension SettingChange {
    /// What `settingValue` made of a change of this field; `nil` if it did not.
    init?(field: SettingField, settingValue: String) {
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
        var pending: [Int64: [PendingChange]] = [:]
        for row in try rows(sql, of: key, by: "partner", order: "id") {
            pending[try row.get("partner"), default: []].append(try PendingChange(row))
        }
        return pending
    }

    /// Puts a value on file that waits for the partner, who may have another even if the file does not. Returns the
    /// history row's id.
    func store(_ change: SettingChange, of row: PartnerRow, by origin: ChangeOrigin) throws(StoreError) -> Int64 {
        let was = row.partner.configuration.setting(change.field)
        if change != was {
            var partner = row.partner
            partner.configuration.apply(change)
            partner.updatedAt = origin.time
            try store(partner, key: row.key)
        }
        return try storePending(change, was: was, by: origin, key: row.key)
    }

    /// Adds a history row that waits for the partner, instead of an older one that still did, and returns its id.
    @discardableResult
    func storePending(
        _ change: SettingChange, was old: SettingChange, by origin: ChangeOrigin, key: Int64
    ) throws(StoreError) -> Int64 {
        try execute(
            "DELETE FROM setting_changes WHERE partner = ? AND field = ? AND is_pending = 1 AND old_value = new_value",
            key, change.field)
        try execute(
            "UPDATE setting_changes SET is_pending = 0, sync_error = ? WHERE partner = ? AND field = ? AND is_pending = 1",
            RecordedChange.replacement, key, change.field)
        return try insert(change, was: old, by: origin, key: key, syncedAt: nil)
    }

    /// Adds a history row of a value that the partner already has.
    func storeTakenOver(_ change: SettingChange, was old: SettingChange, at now: Date, key: Int64) throws(StoreError) {
        _ = try insert(change, was: old, by: .partner(at: now), key: key, syncedAt: now)
    }

    /// A change that the partner has (`syncedAt`) or, with `nil`, does not have yet.
    private func insert(
        _ change: SettingChange, was old: SettingChange, by origin: ChangeOrigin, key: Int64, syncedAt: Date?
    ) throws(StoreError) -> Int64 {
        let inserted = try rows(
            """
            INSERT INTO setting_changes
                (partner, field, old_value, new_value, reason, changed_by, time, synced_at, sync_error, is_pending)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?) RETURNING id
            """,
            key, change.field, old.settingValue, change.settingValue, origin.reason, origin.user, origin.time,
            syncedAt, syncedAt == nil)
        return try inserted[0].get("id")
    }
}

extension PendingChange {
    fileprivate init(_ row: SQLRow) throws(StoreError) {
        self.init(
            changeID: try row.get("id"), change: try SettingChange(row, "new_value"), since: try row.get("time"),
            error: try row.get("sync_error"))
    }
}

extension RecordedChange {
    init(_ row: SQLRow) throws(StoreError) {
        self.init(
            id: try row.get("id"), old: try SettingChange(row, "old_value"), new: try SettingChange(row, "new_value"),
            reason: try row.get("reason"), changedBy: try row.get("changed_by"), changedAt: try row.get("time"),
            syncedAt: try row.get("synced_at"), syncError: try row.get("sync_error"))
    }
}

extension SettingChange {
    /// One of the two values of a history row.
    fileprivate init(_ row: SQLRow, _ column: String) throws(StoreError) {
        guard let change = SettingChange(field: try row.get("field"), settingValue: try row.get(column)) else {
            let id: Int64 = try row.get("id")
            throw .database("Setting change \(id) holds no value of its field.")
        }
        self = change
    }
}
