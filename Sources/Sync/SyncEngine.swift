package import Domain
import Foundation
package import Logging
package import Partners
import ServiceLifecycle
package import Store
import Synchronization

/// Why the engine refused a request of the outside.
package enum SyncError: Error, Sendable {
    case partnerNotFound
    /// A field or rule at fault: 422 or 400.
    case rejected(Rejection)
    case partnerNameTaken
    /// The store failed; the text is for the log.
    case store(StoreError)
    /// The caller's task was cancelled before its turn came, as when the server stops: 503.
    case interrupted

    init(_ error: StoreError) {
        self =
            switch error {
            case .partnerNotFound: .partnerNotFound
            case .partnerNameTaken: .partnerNameTaken
            case .rejected(let rejection): .rejected(rejection)
            default: .store(error)
            }
    }
}

/// The heartbeat: who is due, visit, judge, record; and the only way from the outside to a partner.
///
/// Knows no driver and no HTTP. Everything that changes a partner goes through here, so that schedule,
/// warm connections and live picture never lag behind the store. Decisions are the `VisitQueue`'s, a contact is a
/// `Visit`; this class holds the lock and the tasks.
package final class SyncEngine: Sendable {
    /// What the dashboard shows, always in memory.
    package let picture: LivePicture

    let store: AdminStore
    let gateway: any PartnerGateway
    let clock: any WallClock
    let stopwatch: Stopwatch
    let logger: Logger
    let state: Mutex<EngineState>
    /// Raised whenever someone may start who could not before.
    let wake = Signal()
    let statistics = SharedWork<StatisticsRequest, Result<PeriodStatistics, VisitError>>()
    /// Raised when a reading of statistics has ended, which may leave something to be tidied up.
    let statisticsRead = Signal()

    /// Loads partners, latest snapshots and settings, and takes up changes that were never tried. `waitingClock` is what waits are measured by.
    package init(
        store: AdminStore, gateway: any PartnerGateway, clock: any WallClock,
        waitingClock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) async throws(StoreError) {
        let settings = try await store.settings()
        let records = try await store.partners()
        self.store = store
        self.gateway = gateway
        self.clock = clock
        self.stopwatch = Stopwatch(waitingClock)
        self.logger = logger
        state = Mutex(EngineState(settings: settings))
        picture = LivePicture(snapshots: try await store.latestSnapshots(), settings: settings, clock: clock)
        let ticket = state.withLock { $0.drawTicket() }
        for record in records { show(record, of: record.partner.id, ticket: ticket) }
        pushUntried(records)
    }

    /// The settings in force.
    package var settings: Settings { state.withLock { $0.settings } }

    /// Changes settings, all or nothing, and puts them in force at once.
    package func updateSettings(
        _ edit: @escaping @Sendable (inout Settings) throws(Rejection) -> Void
    ) async throws(SyncError) {
        try await stored { () async throws(StoreError) in
            _ = try await store.updateSettings(at: clock.now, edit)
            let ticket = state.withLock { $0.drawTicket() }
            let settings = try await store.settings()
            guard state.withLock({ $0.accept(settings, ticket: ticket) }) else { return }
            picture.change { $0.set(settings) }
            for record in try await store.partners() { show(record, of: record.partner.id, ticket: ticket) }
        }
        pump()
    }

    /// Asks for a visit at once, answers before it ends, and returns the partner's name. Any number of requests: one visit.
    package func forceSync(_ id: PartnerID) async throws(SyncError) -> String {
        guard let partner = picture.partner(id) else { throw .partnerNotFound }
        let now = stopwatch.now
        state.withLock {
            $0.forgive(id)
            $0.queue.ask(id, forOperator: true, joins: true, at: now)
        }
        pump()
        return partner.configuration.name
    }

    /// Force-syncs every active partner and returns how many they are. Being many, they use the regular slots.
    package func refreshAll() async -> Int {
        let active = picture.standings().filter(\.partner.configuration.isActive)
        let now = stopwatch.now
        state.withLock { state in
            for id in active.map(\.partner.id) {
                state.forgive(id)
                state.queue.ask(id, forOperator: false, joins: true, at: now)
            }
        }
        pump()
        return active.count
    }
}

extension SyncEngine {
    /// Every change is tried once, also of partners that are inactive.
    private func pushUntried(_ records: [PartnerRecord]) {
        let now = stopwatch.now
        state.withLock { state in
            for record in records where record.hasUntriedChange {
                state.queue.ask(record.partner.id, forOperator: false, joins: true, at: now)
            }
        }
    }

    /// Reads a partner from the store and shows it as it now stands in queue and picture.
    func refresh(_ id: PartnerID) async throws(StoreError) {
        let ticket = state.withLock { $0.drawTicket() }
        show(try await store.partner(id: id), of: id, ticket: ticket)
    }

    private func show(_ record: PartnerRecord?, of id: PartnerID, ticket: Int) {
        let (now, moment) = (clock.now, stopwatch.now)
        state.withLock { state in
            guard state.accepts(ticket, on: id) else { return }
            guard var record else {
                state.forget(id)
                return picture.change { $0.remove(id) }
            }
            let due = record.due(at: now, by: state.settings)
            state.noteFailures(record.sync.consecutiveFailures, of: id)
            let pause = due.map { Duration.milliseconds(Int(($0.timeIntervalSince(now) * 1_000).rounded())) }
            state.queue.set(record.plan(due: pause.map { moment + $0 }), for: id)
            record.sync.nextSyncAt = due
            picture.change { $0.set(record) }
        }
    }

    /// Lets begin what may begin now.
    func pump() {
        for signal in state.withLock({ $0.admitJobs() }) { signal.raise() }
        wake.raise()
    }

    func stored<T: Sendable>(_ call: () async throws(StoreError) -> T) async throws(SyncError) -> T {
        do throws(StoreError) { return try await call() } catch { throw SyncError(error) }
    }
}

extension PartnerRecord {
    fileprivate func plan(due: Duration?) -> VisitQueue.Plan {
        VisitQueue.Plan(
            due: due, bastion: partner.configuration.bastion, isFailing: sync.consecutiveFailures > 0)
    }
}

extension PartnerConfiguration {
    /// `host:port` of the SSH host; `nil` without one.
    var bastion: String? {
        ssh.isEnabled ? "\(ssh.host.lowercased()):\(ssh.port)" : nil
    }
}
