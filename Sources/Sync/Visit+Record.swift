import Domain
import Foundation
import Logging
import Store

extension Visit {
    /// Records a success and returns the snapshot.
    func keep(
        _ reading: MetricsReading, of visited: Partner, after record: PartnerRecord, since began: Duration
    ) async throws(Stop) -> Snapshot {
        let now = clock.now.wholeMilliseconds
        let elapsed = (stopwatch.now - began).milliseconds
        let snapshot = Snapshot(
            partnerID: id, metrics: reading.metrics, judgement: judge(reading.metrics, by: settings), time: now,
            fetchMilliseconds: elapsed)
        let turn = Schedule.next(
            afterSuccessAt: now, wasDue: id.turn(notAfter: now, every: settings.refreshInterval), settings: settings)
        try await keep(
            .success(snapshot, takenOver: reading.differences(from: record)), visited.revision, endedAt: now, elapsed,
            next: record.dueAgain(turn, at: now))
        return snapshot
    }

    /// Records a failure, and logs it once with the detail that only the log may have.
    func keep(
        _ error: VisitError, _ operation: ConnectionOperation, of visited: Partner, since began: Duration
    ) async throws(Stop) {
        let now = clock.now
        let record = try await current()
        let failures = max(1, record.sync.consecutiveFailures + 1 - forgivenFailures)
        let retry = Schedule.next(
            afterFailure: error.kind, failures: failures, now: now, settings: settings,
            chance: Double.random(in: 0..<1), hasPendingChange: !record.pending.isEmpty)
        log(error, operation, of: visited)
        try await keep(
            .failure(error, operation: operation), visited.revision, endedAt: now,
            (stopwatch.now - began).milliseconds,
            next: record.partner.configuration.isActive ? retry : nil)
    }

    private func keep(
        _ outcome: VisitRecord.Outcome, _ revision: Int64, endedAt now: Date, _ elapsed: Int, next: Date?
    ) async throws(Stop) {
        guard !Task.isCancelled else { throw .interrupted }
        let visit = VisitRecord(
            partnerID: id, revision: revision, endedAt: now, elapsedMilliseconds: elapsed, nextSyncAt: next,
            outcome: outcome)
        let record = try await stored { () async throws(StoreError) in try await store.record(visit) }
        guard record != nil else { throw .interrupted }
    }

    /// A write that the partner refused, while its numbers can be read, leaves a line of its own.
    func noteRefusedWrite(_ error: VisitError, of partner: Partner, since began: Duration) async throws(Stop) {
        log(error, .write, of: partner)
        let line = ConnectionLog(
            id: UUID().uuidString.lowercased(), partnerID: id, operation: .write, status: error.kind.connectionStatus,
            time: clock.now, responseMilliseconds: (stopwatch.now - began).milliseconds, errorMessage: error.message)
        try await stored { () async throws(StoreError) in try await store.log(line) }
    }

    private func log(_ error: VisitError, _ operation: ConnectionOperation, of partner: Partner) {
        var metadata: Logger.Metadata = [
            "partner": "\(partner.configuration.name)", "partnerId": "\(id)", "operation": "\(operation)",
            "stage": "\(error.stage.rawValue)", "error": "\(error.message)",
        ]
        if !error.detail.isEmpty { metadata["detail"] = "\(error.detail)" }
        logger.warning("Visit failed", metadata: metadata)
    }
}

extension MetricsReading {
    /// What was changed at the partner itself, where no change of ours is on its way. A limit that nobody could enter
    /// here is not taken over; the numbers use it all the same.
    fileprivate func differences(from record: PartnerRecord) -> [SettingChange] {
        let configuration = record.partner.configuration
        var changes: [SettingChange] = []
        if let partnerLimit, FieldRules.concurrencyLimits.contains(partnerLimit),
            partnerLimit != configuration.concurrencyLimit
        {
            changes.append(.concurrencyLimit(partnerLimit))
        }
        if let partnerPause, partnerPause != configuration.pauseNonPriorityCampaigns {
            changes.append(.pauseNonPriorityCampaigns(partnerPause))
        }
        return changes.filter { change in !record.pending.contains { $0.change.field == change.field } }
    }
}

extension PartnerRecord {
    /// At its turn, or within the minute as long as a change is not confirmed.
    fileprivate func dueAgain(_ turn: Date, at now: Date) -> Date? {
        guard partner.configuration.isActive else { return nil }
        return pending.isEmpty ? turn : min(turn, now + 60)
    }
}

extension Date {
    /// As it is stored, so that a snapshot is the same before and after a restart.
    fileprivate var wholeMilliseconds: Date {
        Date(timeIntervalSince1970: (timeIntervalSince1970 * 1_000).rounded(.down) / 1_000)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int {
        Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
