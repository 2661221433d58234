package import Domain
package import Foundation

/// A partner with all that is stored about where it stands.
package struct PartnerRecord: Sendable, Equatable {
    package var partner: Partner
    package var sync: SyncState
    /// At most one a field.
    package var pending: [PendingChange]

    package init(partner: Partner, sync: SyncState, pending: [PendingChange]) {
        self.partner = partner
        self.sync = sync
        self.pending = pending
    }
}

extension AdminStore {
    /// All partners by name (without regard to case), the inactive included.
    package func partners() async throws(StoreError) -> [PartnerRecord] {
        fatalError("Store helper")
    }

    /// One partner; `nil` if there is none.
    package func partner(id: PartnerID) async throws(StoreError) -> PartnerRecord? {
        fatalError("Store helper")
    }

    /// A partner with its secrets in the clear, for a visit or a test; `nil` if there is none.
    package func access(to id: PartnerID) async throws(StoreError) -> PartnerAccess? {
        fatalError("Store helper")
    }

    /// Adds a partner, due at `due` (`nil`: not scheduled). Throws `partnerNameTaken`.
    package func create(
        _ draft: PartnerDraft, id: PartnerID, due: Date?, at now: Date
    ) async throws(StoreError) -> PartnerRecord {
        fatalError("Store helper")
    }

    /// Edits a partner in one transaction: reads it with its secrets, applies `edit`, stores what changed.
    ///
    /// A changed limit or pause becomes a history row by `user` and a pending change that replaces an older one of
    /// that field; a value equal to the stored one is no change. Changed connection data raises the revision and
    /// starts the failures afresh; with it, or on activation, the partner is due at `now`; deactivation unschedules it.
    /// Throws `partnerNotFound`, `partnerNameTaken`, `rejected`.
    package func update(
        _ id: PartnerID, by user: String, reason: String?, at now: Date,
        _ edit: @escaping @Sendable (inout PartnerDraft) throws(Rejection) -> Void
    ) async throws(StoreError) -> PartnerRecord {
        fatalError("Store helper")
    }

    /// Removes a partner with its snapshots, logs and history, in one transaction. Throws `partnerNotFound`.
    package func delete(_ id: PartnerID) async throws(StoreError) {
        fatalError("Store helper")
    }

    /// Pins the host key that a login saw, if the partner still has `revision` and no pin, or a pin of the same
    /// fingerprint without a type. Does not raise the revision.
    package func pin(_ hostKey: HostKeyPin, for id: PartnerID, revision: Int64) async throws(StoreError) {
        fatalError("Store helper")
    }

    /// Makes a partner due at `moment` and forgets its failures' restraint (not their count).
    package func schedule(_ id: PartnerID, at moment: Date?) async throws(StoreError) {
        fatalError("Store helper")
    }
}
