import Domain
import Foundation

extension PartnerDraft {
    /// With the login method that the secrets say.
    var consistent: PartnerDraft {
        var draft = self
        draft.configuration.ssh.authMethod = secrets.ssh?.method
        return draft
    }

    /// With the edit applied; throws `rejected` if it refuses.
    func edited(
        by edit: (inout PartnerDraft) throws(Rejection) -> Void
    ) throws(StoreError) -> PartnerDraft {
        var draft = self
        do {
            try edit(&draft)
        } catch {
            throw .rejected(error)
        }
        return draft.consistent
    }
}

extension SQLSession {
    /// Stores an edit with all that follows from it.
    func store(
        _ new: PartnerDraft, replacing old: PartnerDraft, of row: PartnerRow, by origin: ChangeOrigin,
        vault: SecretVault
    ) throws(StoreError) {
        var partner = row.partner
        partner.configuration = new.configuration
        partner.updatedAt = origin.time
        partner.revision += new.connectsDifferently(from: old) ? 1 : 0
        try store(partner, key: row.key)
        try store(new.secrets, replacing: old.secrets, of: partner.id, key: row.key, vault: vault)
        try store(row.sync.edited(from: old, to: new, at: origin.time), key: row.key)
        for field in SettingField.allCases {
            let (was, value) = (old.configuration.setting(field), new.configuration.setting(field))
            if value != was {
                try storePending(value, was: was, by: origin, key: row.key)
            }
        }
    }
}

extension SyncState {
    /// New connections and activation start afresh, at once; who is inactive is not scheduled.
    fileprivate func edited(from old: PartnerDraft, to new: PartnerDraft, at now: Date) -> SyncState {
        var state = self
        let activates = new.configuration.isActive && !old.configuration.isActive
        if activates || new.connectsDifferently(from: old) {
            state.consecutiveFailures = 0
            state.lastFailure = nil
            state.nextSyncAt = now
        }
        if !new.configuration.isActive {
            state.nextSyncAt = nil
        }
        return state
    }
}
