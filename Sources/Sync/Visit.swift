import Domain
import Foundation
import Logging
import Partners
import Store

/// One contact with a partner, from its secrets to its record.
///
/// A visit is bounded: every call has the gateway's limit and, a second later, ours. A failure keeps the last good
/// snapshot. A visit that is cancelled records nothing: that was our doing, not the partner's.
struct Visit: Sendable {
    let start: VisitQueue.Start
    let settings: Settings
    /// Failures before an operator asked for a fresh start: the restraint counts from there.
    let forgivenFailures: Int
    let store: AdminStore
    let gateway: any PartnerGateway
    let clock: any WallClock
    let stopwatch: Stopwatch
    let logger: Logger
    /// Tells the queue how far the visit is.
    let reach: @Sendable (Milestone) -> Void
    /// Tells operators who wait what became of changes that were tried since a moment, once that is recorded.
    let settle: @Sendable (_ fates: [Int64: ChangeFate], _ moment: Duration) async throws(StoreError) -> Void

    enum Milestone: Sendable {
        case connected
        case notConnected(VisitError)
        case reading
        /// And recorded.
        case read(Snapshot)
    }

    enum End: Sendable {
        /// Well or not.
        case recorded
        /// The slot is given back for a visit that does it otherwise.
        case again(VisitQueue.Retry)
        case interrupted
        /// The store failed.
        case unrecorded(StoreError)
    }

    /// What ends a visit before its snapshot.
    enum Stop: Error {
        case failed(VisitError, ConnectionOperation)
        case again(VisitQueue.Retry)
        case interrupted
        case store(StoreError)
    }

    var id: PartnerID { start.id }

    /// Visits and records.
    func run() async -> End {
        let began = stopwatch.now
        do throws(Stop) {
            let before = try await current()
            let visited = before.partner
            do throws(Stop) {
                let access = try await access()
                try await connect(access)
                let record = try await applyPending(access)
                reach(.reading)
                let reading = try await read(access)
                reach(.read(try await keep(reading, of: visited, after: record, since: began)))
            } catch .failed(let error, let operation) {
                try await keep(error, operation, of: visited, since: began)
                try await tell(before.pending.map(\.changeID), .pending(error.message), since: began)
            }
            return .recorded
        } catch .store(let error) where !Task.isCancelled {
            return .unrecorded(error)
        } catch .again(let retry) {
            return .again(retry)
        } catch {
            return .interrupted
        }
    }
}

extension Visit {
    private func access() async throws(Stop) -> PartnerAccess {
        let access: PartnerAccess?
        do throws(StoreError) {
            access = try await store.access(to: id)
        } catch .damagedSecret(let field) {
            throw .failed(.damagedSecret(field), .sync)
        } catch {
            throw .store(error)
        }
        guard let access else { throw .interrupted }
        return access
    }

    /// Opens what is not warm, and pins a host key that a login saw for the first time, whatever follows.
    private func connect(_ access: PartnerAccess) async throws(Stop) {
        guard start.mayShakeHands || gateway.isWarm(access.partner) else { throw .again(start.retry) }
        let limit = Duration.seconds(settings.connectionTimeout)
        do throws(Stop) {
            let stage: ConnectionStage = access.partner.configuration.ssh.isEnabled ? .sshConnect : .dbConnect
            let hostKey = try await bounded(limit, .sync, stage) { () async throws(VisitError) in
                try await gateway.connect(access, within: limit)
            }
            reach(.connected)
            try await pin(hostKey, for: access.partner)
        } catch .failed(let error, let operation) {
            reach(.notConnected(error))
            try await pin(error.hostKey, for: access.partner)
            throw .failed(error, operation)
        }
    }

    private func pin(_ hostKey: HostKeyPin?, for partner: Partner) async throws(Stop) {
        guard let hostKey, partner.configuration.ssh.hostKey?.keyType == nil else { return }
        try await stored { () async throws(StoreError) in
            try await store.pin(hostKey, for: id, revision: partner.revision)
        }
    }

    /// Writes what operators changed and the partner has not confirmed; returns the partner as it stands after.
    private func applyPending(_ access: PartnerAccess) async throws(Stop) -> PartnerRecord {
        let record = try await current()
        let changes = record.pending.filter { !start.retry.refusedChanges.contains($0.changeID) }
        guard !changes.isEmpty else { return record }
        for change in changes { try await apply(change, to: access) }
        return try await current()
    }

    /// A write that the partner refuses does not keep us from its numbers.
    private func apply(_ pending: PendingChange, to access: PartnerAccess) async throws(Stop) {
        let (began, now) = (stopwatch.now, clock.now)
        let limit = Duration.seconds(settings.queryTimeout)
        let applied: AppliedChange
        do throws(Stop) {
            applied = try await bounded(limit, .write) { () async throws(VisitError) in
                try await gateway.apply(pending.change, to: access, now: now, within: limit)
            }
        } catch .failed(let error, let operation) {
            try await stored { () async throws(StoreError) in
                try await store.recordNotApplied(changeID: pending.changeID, error: error.message)
            }
            try await tell([pending.changeID], .pending(error.message), since: stopwatch.now)
            guard error.kind == .query else { throw .failed(error, operation) }
            try await noteRefusedWrite(error, of: access.partner, since: began)
            guard gateway.isWarm(access.partner) else { throw .again(start.retry.skipping(pending.changeID)) }
            return
        }
        try await stored { () async throws(StoreError) in
            try await store.recordApplied(applied, changeID: pending.changeID, at: clock.now)
        }
        try await tell([pending.changeID], .confirmed(isUnaudited: applied.isUnaudited), since: stopwatch.now)
    }

    private func tell(_ changes: [Int64], _ fate: ChangeFate, since moment: Duration) async throws(Stop) {
        guard !changes.isEmpty else { return }
        let fates = Dictionary(uniqueKeysWithValues: changes.map { ($0, fate) })
        try await stored { () async throws(StoreError) in try await settle(fates, moment) }
    }

    private func read(_ access: PartnerAccess) async throws(Stop) -> MetricsReading {
        let limit = Duration.seconds(settings.queryTimeout)
        guard let today = BusinessCalendar(timeZone: settings.timeZone)?.day(containing: clock.now) else {
            throw .store(.database("settings name an unknown time zone: \(settings.timeZone)"))
        }
        return try await bounded(limit, .sync) { () async throws(VisitError) in
            try await gateway.readMetrics(access, today: today, within: limit)
        }
    }
}

extension Visit {
    /// The partner as it is stored now; edited meanwhile, perhaps.
    func current() async throws(Stop) -> PartnerRecord {
        let record = try await stored { () async throws(StoreError) in try await store.partner(id: id) }
        guard let record else { throw .interrupted }
        return record
    }

    /// Runs one call of the gateway; a second after its limit it is cancelled and has failed.
    func bounded<T: Sendable>(
        _ limit: Duration, _ operation: ConnectionOperation, _ stage: ConnectionStage = .query,
        _ call: @escaping @Sendable () async throws(VisitError) -> T
    ) async throws(Stop) -> T {
        let result = await stopwatch.bounded(limit, call)
        if Task.isCancelled { throw .interrupted }
        switch result {
        case .success(let value):
            return value
        case .failure(let error) where error.isStaleSession && !start.retry.hasReconnected:
            throw .again(start.retry.reconnecting)
        case .failure(let error):
            throw .failed(error, operation)
        case nil:
            throw .failed(.missed(limit, at: stage), operation)
        }
    }

    func stored<T: Sendable>(_ call: () async throws(StoreError) -> T) async throws(Stop) -> T {
        do throws(StoreError) { return try await call() } catch { throw .store(error) }
    }
}

extension VisitError {
    /// Like a refused login, it will not get better by itself.
    static func damagedSecret(_ field: String) -> VisitError {
        VisitError(
            kind: .databaseLogin, stage: .resolve, message: "The stored \(field) cannot be read: enter it again")
    }

    /// The gateway itself missed its limit, and was cancelled.
    static func missed(_ limit: Duration, at stage: ConnectionStage) -> VisitError {
        let what =
            switch stage {
            case .query, .schema: "Query failed"
            case .dbConnect, .dbAuth: "Database connection failed"
            default: "SSH connection failed"
            }
        return VisitError(
            kind: .timeout, stage: stage, message: "\(what): Timed out after \(limit.components.seconds) s",
            detail: "the gateway did not end the call by itself")
    }
}
