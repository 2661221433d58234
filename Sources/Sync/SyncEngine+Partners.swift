package import Domain
import Foundation
import Logging
import Partners
import Store
import Synchronization

extension SyncEngine {
    /// Adds a partner; an active one is visited at once.
    package func create(_ patch: PartnerPatch, by username: String) async throws(SyncError) -> PartnerID {
        let draft = try await draft(patch, basedOn: nil)
        let (id, now) = (PartnerID.random(), clock.now)
        try await stored { () async throws(StoreError) in
            _ = try await store.create(draft, id: id, due: draft.configuration.isActive ? now : nil, at: now)
            try await refresh(id)
        }
        logger.info("Partner created", metadata: ["partnerId": "\(id)", "user": "\(username)"])
        if draft.configuration.isActive { ask(id, forOperator: false) }
        return id
    }

    /// Edits a partner; limit and pause are pushed in the background.
    package func update(
        _ id: PartnerID, with patch: PartnerPatch, by username: String
    ) async throws(SyncError) {
        guard let before = picture.standing(of: id) else { throw .partnerNotFound }
        _ = try await draft(patch, basedOn: id)
        let now = clock.now
        let after = try await stored { () async throws(StoreError) in
            let record = try await store.update(id, by: username, reason: nil, at: now) {
                draft throws(Rejection) in try draft.apply(patch)
            }
            try await refresh(id)
            return record
        }
        await follow(from: before, to: after)
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
    private func follow(from before: PartnerStanding, to after: PartnerRecord) async {
        let (id, isActive) = (after.partner.id, after.partner.configuration.isActive)
        let wasActive = before.partner.configuration.isActive
        let isMoved = after.partner.revision != before.partner.revision
        if isMoved || (wasActive && !isActive) {
            interrupt(id)
            await gateway.drop(id)
        }
        if isActive && (isMoved || !wasActive) { ask(id, forOperator: false) }
        if after.pending.contains(where: { change in !before.pending.contains { $0.changeID == change.changeID } }) {
            ask(id, forOperator: true)
        } else {
            pump()
        }
    }

    /// Asks for a visit that begins after this moment, and so sees what was just stored.
    private func ask(_ id: PartnerID, forOperator isOperators: Bool) {
        let now = stopwatch.now
        state.withLock { $0.queue.ask(id, forOperator: isOperators, joins: false, at: now) }
        pump()
    }
}
