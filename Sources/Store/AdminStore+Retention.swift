package import Foundation

extension AdminStore {
    /// Removes totals, snapshots (but never a partner's newest), logs, history (but never a pending change) and revoked tokens older than `moment`
    /// (alerts: resolved before it; tokens: expired before `now`), in steps of about 10 ms of work each in a transaction of its own, so that
    /// writers hardly wait. Ends early when cancelled. Returns how many rows went.
    package func removeExpired(before moment: Date, now: Date) async throws(StoreError) -> Int {
        var removed = try await database.transaction { (session) throws(StoreError) in
            try session.execute("DELETE FROM revoked_tokens WHERE expires_at <= ?", now)
        }
        var broom: Broom? = Broom(cutoff: moment)
        while let next = broom, !Task.isCancelled {
            let (result, took) = try await sweep(next)
            removed += result.removed
            broom = result.rest
            // As long a pause as the step took: half of the writer's time is always others'.
            do {
                try await Task.sleep(for: took)
            } catch {
                break
            }
        }
        return removed
    }

    private func sweep(_ broom: Broom) async throws(StoreError) -> (result: Broom.Step, took: Duration) {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await database.transaction { (session) throws(StoreError) in try broom.step(in: session) }
        return (result, clock.now - start)
    }
}

/// Where the removal of old rows stands: table by table, partner by partner, oldest rows first.
private struct Broom: Sendable {
    /// What one step did; `rest` is `nil` when all is done.
    struct Step: Sendable {
        let removed: Int
        let rest: Broom?
    }

    /// Each has `partner` and its time at the head of an index; the last part guards what must stay. What has no time
    /// yet, like an open alert, stays.
    private static let tables = [
        ("snapshots", "time", "AND time < (SELECT MAX(time) FROM snapshots s WHERE s.partner = snapshots.partner)"),
        ("connection_logs", "time", ""), ("setting_changes", "time", "AND is_pending = 0"),
        ("alerts", "resolved_at", ""),
    ]
    /// A step's share of the writer's time.
    private static let stepLength = Duration.milliseconds(10)
    /// Rows a statement: well under a millisecond of work.
    private static let batch = 100

    let cutoff: Date
    private var hasTotals = true
    private var table = 0
    /// The last partner that is done in this table.
    private var partner: Int64 = 0

    init(cutoff: Date) {
        self.cutoff = cutoff
    }

    /// Removes rows until the time is up or nothing is left.
    func step(in session: any SQLSession) throws(StoreError) -> Step {
        let clock = ContinuousClock()
        let end = clock.now + Self.stepLength
        var broom = self
        var removed = 0
        while clock.now < end {
            if broom.hasTotals {
                let gone = try removeTotals(in: session)
                removed += gone
                broom.hasTotals = gone == Self.batch
                continue
            }
            guard let partner = try broom.nextPartner(in: session) else {
                broom.table += 1
                broom.partner = 0
                guard broom.table < Self.tables.count else { return Step(removed: removed, rest: nil) }
                continue
            }
            let gone = try broom.remove(of: partner, in: session)
            removed += gone
            if gone < Self.batch {
                broom.partner = partner
            }
        }
        return Step(removed: removed, rest: broom)
    }

    private func removeTotals(in session: any SQLSession) throws(StoreError) -> Int {
        try session.execute(
            "DELETE FROM totals WHERE time IN (SELECT time FROM totals WHERE time < ? ORDER BY time LIMIT ?)",
            cutoff, Self.batch)
    }

    private func nextPartner(in session: any SQLSession) throws(StoreError) -> Int64? {
        let rows = try session.rows("SELECT id FROM partners WHERE id > ? ORDER BY id LIMIT 1", partner)
        return try rows.first?.get("id")
    }

    /// Removes a batch of one partner's oldest rows, more if several have the same time.
    private func remove(of partner: Int64, in session: any SQLSession) throws(StoreError) -> Int {
        let (table, time, guarded) = Self.tables[table]
        return try session.execute(
            """
            DELETE FROM \(table) WHERE partner = ? \(guarded) AND \(time) IN
                (SELECT \(time) FROM \(table) WHERE partner = ? \(guarded) AND \(time) < ? ORDER BY \(time) LIMIT ?)
            """, partner, partner, cutoff, Self.batch)
    }
}
