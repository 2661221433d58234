package import Domain
package import Foundation

/// A partner with all that is stored about where it stands.
package struct PartnerRecord: Sendable, Equatable {
    package var partner: Partner
    package var sync: SyncState
    /// At most one a field.
    package var pending: [PendingChange]
    /// The open alert, else the one that was resolved last.
    package var alert: Alert?

    package init(partner: Partner, sync: SyncState, pending: [PendingChange], alert: Alert? = nil) {
        self.partner = partner
        self.sync = sync
        self.pending = pending
        self.alert = alert
    }
}

extension AdminStore {
    /// All partners by name (without regard to case), the inactive included.
    package func partners() async throws(StoreError) -> [PartnerRecord] {
        let records = try await database.read { (session) throws(StoreError) in
            let (pending, alerts) = (try session.pendingChanges(), try session.newestAlerts())
            return try session.partnerRows().map { row in
                PartnerRecord(row, pending: pending[row.key], alert: alerts[row.key])
            }
        }
        // Here and not in SQL: databases differ in how they order text.
        return records.map { (key: $0.partner.configuration.name.caseFolded, record: $0) }
            .sorted { $0.key < $1.key }.map(\.record)
    }

    /// One partner; `nil` if there is none.
    package func partner(id: PartnerID) async throws(StoreError) -> PartnerRecord? {
        try await database.read { (session) throws(StoreError) in try session.partnerRecord(id) }
    }

    /// A partner with its secrets in the clear, for a visit or a test; `nil` if there is none. Throws
    /// `damagedSecret`.
    package func access(to id: PartnerID) async throws(StoreError) -> PartnerAccess? {
        try await database.read { [vault] (session) throws(StoreError) in
            guard let row = try session.partnerRow(id) else { return nil }
            return PartnerAccess(partner: row.partner, secrets: try session.secrets(of: row, vault: vault))
        }
    }

    /// A partner as an edit finds it: a damaged secret counts as absent, so that it is asked for; `nil` if there is
    /// none.
    package func draft(of id: PartnerID) async throws(StoreError) -> PartnerDraft? {
        try await database.read { [vault] (session) throws(StoreError) in
            guard let row = try session.partnerRow(id) else { return nil }
            return PartnerDraft(
                configuration: row.partner.configuration, secrets: try session.readableSecrets(of: row, vault: vault))
        }
    }

    /// Adds a partner, due at `due` (`nil`, or an inactive one: not scheduled). Throws `partnerNameTaken`.
    package func create(
        _ draft: PartnerDraft, id: PartnerID, due: Date?, at now: Date
    ) async throws(StoreError) -> PartnerRecord {
        let draft = draft.consistent
        return try await database.transaction { [vault] (session) throws(StoreError) in
            try session.requireFreeName(draft.configuration.name, for: id)
            let key = try session.insert(
                Partner(id: id, configuration: draft.configuration, revision: 1, createdAt: now, updatedAt: now))
            try session.store(SyncState(nextSyncAt: draft.configuration.isActive ? due : nil), key: key)
            try session.store(draft.secrets, replacing: PartnerSecrets(), of: id, key: key, vault: vault)
            return try session.existingRecord(id)
        }
    }

    /// Edits a partner in one transaction: reads it with its secrets (a damaged one counts as absent), applies
    /// `edit`, stores what changed.
    ///
    /// A changed limit or pause becomes a history row by `user` and a pending change that replaces an older one of
    /// that field; a value equal to the stored one is no change. Changed connection data raises the revision. With
    /// it, or on activation, the failures start afresh and the partner, if active, is due at `now`; deactivation
    /// unschedules it. An open alert that no longer holds is resolved. Throws `partnerNotFound`, `partnerNameTaken`, `rejected`.
    package func update(
        _ id: PartnerID, by user: String, reason: String?, at now: Date,
        _ edit: @escaping @Sendable (inout PartnerDraft) throws(Rejection) -> Void
    ) async throws(StoreError) -> PartnerRecord {
        let origin = ChangeOrigin(user: user, reason: reason, time: now)
        return try await database.transaction { [vault] (session) throws(StoreError) in
            let row = try session.existingPartner(id)
            let old = PartnerDraft(
                configuration: row.partner.configuration, secrets: try session.readableSecrets(of: row, vault: vault))
            let new = try old.edited(by: edit)
            if new != old {
                try session.requireFreeName(new.configuration.name, for: id)
                try session.store(new, replacing: old, of: row, by: origin, vault: vault)
                try session.settleAlerts(of: row.key, opening: false, at: now)
            }
            return try session.existingRecord(id)
        }
    }

    /// Removes a partner with its snapshots, logs, history and alerts, in one transaction. Throws `partnerNotFound`.
    package func delete(_ id: PartnerID) async throws(StoreError) {
        try await database.transaction { (session) throws(StoreError) in
            guard try session.execute("DELETE FROM partners WHERE public_id = ?", id) > 0 else {
                throw .partnerNotFound
            }
        }
    }

    /// Pins the host key that a login saw, if the partner still has `revision` and no pin, or a pin of the same
    /// fingerprint without a type. Does not raise the revision.
    package func pin(_ hostKey: HostKeyPin, for id: PartnerID, revision: Int64) async throws(StoreError) {
        _ = try await database.transaction { (session) throws(StoreError) in
            try session.execute(
                """
                UPDATE partners SET ssh_host_key = ?
                WHERE public_id = ? AND revision = ? AND (ssh_host_key IS NULL OR ssh_host_key = ?)
                """, hostKey, id, revision, hostKey.fingerprint)
        }
    }

    /// Makes an active partner due at `moment` and forgets its failures' restraint (not their count); an inactive
    /// one stays unscheduled. Throws `partnerNotFound`.
    package func schedule(_ id: PartnerID, at moment: Date?) async throws(StoreError) {
        try await database.transaction { (session) throws(StoreError) in
            let row = try session.existingPartner(id)
            var sync = row.sync
            sync.lastFailure = nil
            sync.nextSyncAt = row.partner.configuration.isActive ? moment : nil
            try session.store(sync, key: row.key)
        }
    }
}

extension PartnerRecord {
    fileprivate init(_ row: PartnerRow, pending: [PendingChange]?, alert: Alert?) {
        self.init(partner: row.partner, sync: row.sync, pending: pending ?? [], alert: alert)
    }
}

extension SQLSession {
    /// A partner with where it stands; `nil` if there is none.
    func partnerRecord(_ id: PartnerID) throws(StoreError) -> PartnerRecord? {
        guard let row = try partnerRow(id) else { return nil }
        return PartnerRecord(
            row, pending: try pendingChanges(of: row.key)[row.key], alert: try newestAlerts(of: row.key)[row.key])
    }

    /// A partner with where it stands; throws `partnerNotFound`.
    func existingRecord(_ id: PartnerID) throws(StoreError) -> PartnerRecord {
        guard let record = try partnerRecord(id) else { throw .partnerNotFound }
        return record
    }
}
