package import Domain
import Foundation
import Logging
import Partners
import Store
import Synchronization

extension SyncEngine {
    /// Adds a partner; an active one is visited at once.
    ///
    /// `faults` are what the body's reader found; the refusal names them together with all others.
    package func create(
        _ patch: PartnerPatch, besides faults: [FieldFault] = [], by username: String
    ) async throws(SyncError) -> PartnerID {
        let draft = try await draft(patch, besides: faults, basedOn: nil)
        let (id, now) = (PartnerID.random(), clock.now)
        try await stored { () async throws(StoreError) in
            _ = try await store.create(draft, id: id, due: draft.configuration.isActive ? now : nil, at: now)
            try await refresh(id)
        }
        visitUnscheduled(id)
        logger.info("Partner created", metadata: ["partnerId": "\(id)", "user": "\(username)"])
        return id
    }

    /// Edits a partner; limit and pause are pushed in the background. `faults` as in `create`.
    package func update(
        _ id: PartnerID, with patch: PartnerPatch, besides faults: [FieldFault] = [], by username: String
    ) async throws(SyncError) {
        guard let before = picture.standing(of: id) else { throw .partnerNotFound }
        _ = try await draft(patch, besides: faults, basedOn: id)
        let now = clock.now
        try await stored { () async throws(StoreError) in
            let after = try await store.update(id, by: username, reason: nil, at: now) {
                draft throws(Rejection) in try draft.apply(patch)
            }
            try await follow(from: before, to: after)
        }
        logger.info("Partner edited", metadata: ["partnerId": "\(id)", "user": "\(username)"])
    }

    /// Ends a running visit, removes the partner and closes its connections.
    package func delete(_ id: PartnerID) async throws(SyncError) {
        try await stored { () async throws(StoreError) in
            try await store.delete(id)
            try await refresh(id)
        }
        interrupt(id)
        await gateway.drop(id)
    }

    /// Ends a visit that is under way; it records nothing.
    func interrupt(_ id: PartnerID) {
        state.withLock { $0.interruptions[id] }?.raise()
    }
}

extension SyncEngine {
    /// What an edit entails: old connections go, a new way or an activation is tried, changes are pushed.
    private func follow(from before: PartnerStanding, to after: PartnerRecord) async throws(StoreError) {
        let (id, isActive) = (after.partner.id, after.partner.configuration.isActive)
        let wasActive = before.partner.configuration.isActive
        let isMoved = after.partner.revision != before.partner.revision
        if isMoved || (wasActive && !isActive) {
            interrupt(id)
            await gateway.drop(id)
        }
        noteReplacements(by: after.pending, of: id)
        try await refresh(id)
        if isMoved || !wasActive { visitUnscheduled(id) }
        if after.pending.contains(where: { change in !before.pending.contains { $0.changeID == change.changeID } }) {
            push(id)
        }
        pump()
    }

    /// A new, moved or activated partner is due by what is stored; without scheduled visits it has to be asked for.
    private func visitUnscheduled(_ id: PartnerID) {
        let now = stopwatch.now
        state.withLock { state in
            guard picture.partner(id)?.configuration.isActive == true, !state.settings.autoRefreshEnabled else {
                return
            }
            state.queue.ask(id, forOperator: false, joins: true, at: now)
        }
        pump()
    }
}
