package import Domain
import Logging
import ServiceLifecycle
import Store
import Synchronization

/// How long an operator waits for the partner: the answer is promised within 10 s.
private let patience = Duration.milliseconds(9_500)

extension SyncEngine {
    /// Changes a partner's limit or pause: stores it, pushes it at once, and waits until it is known what became of it.
    ///
    /// Returns within 10 s, and at once when the task is cancelled or the server stops: what the partner has not
    /// confirmed by then stays pending. A value that is on file already is pushed all the same, because the partner
    /// may have another.
    package func change(
        _ id: PartnerID, to change: SettingChange, by username: String, reason: String? = nil
    ) async throws(SyncError) -> ChangeFate {
        let (now, begin) = (clock.now, stopwatch.now)
        let watch = ChangeWatch(of: change.field, from: begin)
        state.withLock { $0.watches[id, default: []].append(watch) }
        defer { state.withLock { $0.remove(watch, of: id) } }
        let changeID = try await stored { () async throws(StoreError) in
            let (after, changeID) = try await store.change(change, of: id, by: username, reason: reason, at: now)
            noteReplacements(by: after.pending, of: id)
            // Before all that may fail: what is stored is on its way.
            push(id)
            try await refresh(id)
            return changeID
        }
        logger.info(
            "Setting changed",
            metadata: [
                "partnerId": "\(id)", "user": "\(username)", "field": "\(change.field.rawValue)",
                "value": "\(change.settingValue)",
            ])
        return try await fate(of: changeID, on: watch, until: begin + patience)
    }

    private func fate(
        of changeID: Int64, on watch: ChangeWatch, until end: Duration
    ) async throws(SyncError) -> ChangeFate {
        let news = await cancelWhenGracefulShutdown {
            await Sync.run({ await watch.news(of: changeID) }, until: { await self.stopwatch.sleep(until: end) })
        }
        switch news ?? nil {
        case .fate(let fate): return fate
        case .partnerDeleted: throw .partnerNotFound
        case nil where Task.isCancelled || Task.isShuttingDownGracefully:
            return .pending("The server is stopping; the change is written after its next start")
        case nil: return .pending("The partner has not confirmed the change yet")
        }
    }
}

extension SyncEngine {
    /// Shows what became of changes that were tried since `moment`, and then tells those who wait for them.
    func settle(_ fates: [Int64: ChangeFate], of id: PartnerID, triedSince moment: Duration) async throws(StoreError) {
        try await refresh(id)
        for watch in watches(of: id) { watch.note(fates, triedSince: moment) }
    }

    /// Tells those who wait for older changes of the same fields.
    func noteReplacements(by pending: [PendingChange], of id: PartnerID) {
        for watch in watches(of: id) { watch.note(pending) }
    }

    /// Has pending changes written at once, whatever the partner's restraint. A visit under way may have looked for
    /// changes already, so that another follows it.
    func push(_ id: PartnerID) {
        let now = stopwatch.now
        state.withLock { state in
            state.forgive(id)
            state.queue.ask(id, forOperator: true, joins: false, at: now)
        }
        pump()
    }

    private func watches(of id: PartnerID) -> [ChangeWatch] {
        state.withLock { $0.watches[id] ?? [] }
    }
}
