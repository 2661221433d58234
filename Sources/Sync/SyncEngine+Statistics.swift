package import Domain
import Foundation
import Logging
import Partners
import Store
import Synchronization

/// What one partner's database says about a period, or why it says nothing.
package struct PartnerPeriod: Sendable {
    package let id: PartnerID
    package let name: String
    package let result: Result<PeriodStatistics, VisitError>
}

/// What is read once, however many ask for it at the same time.
struct StatisticsRequest: Hashable, Sendable {
    let partner: PartnerID
    let revision: Int64
    let range: Range<Date>
}

extension SyncEngine {
    /// A whole request, below the 60 s after which common proxies give up.
    private static let requestLimit = Duration.seconds(55)
    /// How long a session for statistics is kept for the next.
    private static let idleTime = Duration.seconds(60)

    /// Counts one partner's calls and submittals in a period; inactive partners', too.
    ///
    /// Ends within 55 s. Throws `partnerNotFound`, or `interrupted` when the task is cancelled or the server stops.
    package func statistics(of id: PartnerID, in period: Period) async throws(SyncError) -> PartnerPeriod {
        guard let partner = picture.partner(id) else { throw .partnerNotFound }
        guard let result = try await statistics(of: [partner], in: period).first else { throw .partnerNotFound }
        return result
    }

    /// Counts every active partner's, all at the same time, and returns them by name.
    ///
    /// Ends within 55 s: who is not done by then has failed. Throws as for one partner.
    package func statistics(in period: Period) async throws(SyncError) -> [PartnerPeriod] {
        let active = picture.standings().map(\.partner).filter(\.configuration.isActive)
        return try await statistics(of: active, in: period)
    }

    private func statistics(of partners: [Partner], in period: Period) async throws(SyncError) -> [PartnerPeriod] {
        let end = stopwatch.now + Self.requestLimit
        guard let calendar = BusinessCalendar(timeZone: settings.timeZone) else {
            throw .store(.database("settings name an unknown time zone: \(settings.timeZone)"))
        }
        let range = calendar.range(of: period)
        let requests = partners.map { StatisticsRequest(partner: $0.id, revision: $0.revision, range: range) }
        let results = await results(of: requests, until: end)
        if Task.isCancelled || statistics.hasEnded { throw .interrupted }
        return partners.map { partner in
            PartnerPeriod(
                id: partner.id, name: partner.configuration.name,
                result: results[partner.id] ?? .failure(.notDone(within: Self.requestLimit)))
        }
    }

    /// Those that are there at `end`, or when the task is cancelled.
    private func results(
        of requests: [StatisticsRequest], until end: Duration
    ) async -> [PartnerID: Result<PeriodStatistics, VisitError>] {
        typealias Reading = (partner: PartnerID, result: Result<PeriodStatistics, VisitError>?)
        return await withTaskGroup(of: Reading?.self) { group in
            for request in requests {
                group.addTask { (request.partner, await self.statistics.value(for: request)) }
            }
            group.addTask {
                await self.stopwatch.sleep(until: end)
                return nil
            }
            defer { group.cancelAll() }
            var results: [PartnerID: Result<PeriodStatistics, VisitError>] = [:]
            for _ in requests {
                guard case .some(.some(let reading)) = await group.next() else { break }
                results[reading.partner] = reading.result
            }
            return results
        }
    }
}

extension SyncEngine {
    /// Reads what is asked for, until the engine ends.
    func readStatistics() async {
        await statistics.run { await self.read($0) }
    }

    /// Has abandoned statements ended and idle sessions closed.
    func tidyUpStatistics() async {
        var next: Duration?
        while true {
            await stopwatch.wait(for: statisticsRead, until: next)
            if Task.isCancelled { return }
            next = await gateway.tidyUpStatistics(idleAfter: Self.idleTime).map { stopwatch.now + $0 }
        }
    }

    /// A session that was dead, or whose tunnel a visit gave up, is replaced once.
    private func read(_ request: StatisticsRequest) async -> Result<PeriodStatistics, VisitError> {
        var result = await attempt(request)
        if case .failure(let error) = result, error.isStaleSession, !Task.isCancelled {
            result = await attempt(request)
        }
        statisticsRead.raise()
        if case .failure(let error) = result, !Task.isCancelled {
            logger.warning(
                "Statistics not read",
                metadata: ["partnerId": "\(request.partner)", "error": "\(error)", "detail": "\(error.detail)"])
        }
        return result
    }

    private func attempt(_ request: StatisticsRequest) async -> Result<PeriodStatistics, VisitError> {
        let turn = Signal()
        guard let standing = picture.standing(of: request.partner) else { return .failure(.deleted) }
        if let refusal = standing.refusedLogin(at: clock.now) { return .failure(refusal) }
        let job = state.withLock {
            $0.lineUpStatistics(of: standing.partner, isFailing: standing.sync.consecutiveFailures > 0, turn)
        }
        defer { note { state, now in state.endStatistics(job, at: now) } }
        wake.raise()
        await turn.wait()
        do throws(VisitError) {
            switch state.withLock({ $0.statisticsTurn(of: job) }) {
            case nil: throw .interrupted
            case .bastionRests(let pause): throw .bastionRests(pause)
            case .begins(let mayShakeHands):
                let access = try await access(to: request.partner)
                try await connect(access, mayShakeHands: mayShakeHands, job)
                let limit = Duration.seconds(settings.queryTimeout)
                return .success(
                    try await bounded(limit, .query) { () async throws(VisitError) in
                        try await self.gateway.readPeriod(access, range: request.range, within: limit)
                    })
            }
        } catch {
            return .failure(error)
        }
    }

    private func access(to id: PartnerID) async throws(VisitError) -> PartnerAccess {
        let access: PartnerAccess?
        do throws(StoreError) { access = try await store.access(to: id) } catch .damagedSecret(let field) {
            throw .damagedSecret(field)
        } catch {
            throw .unknownAccess(error)
        }
        guard let access else { throw .deleted }
        return access
    }

    /// Opens the session and gives the bastion's permit back; a host key seen for the first time is pinned.
    private func connect(_ access: PartnerAccess, mayShakeHands: Bool, _ job: Int) async throws(VisitError) {
        let limit = Duration.seconds(settings.connectionTimeout)
        let stage: ConnectionStage = access.partner.configuration.ssh.isEnabled ? .sshConnect : .dbConnect
        do throws(VisitError) {
            let hostKey = try await bounded(limit, stage) { () async throws(VisitError) in
                try await self.gateway.connectForStatistics(access, mayShakeHands: mayShakeHands, within: limit)
            }
            note { state, now in state.endStatisticsHandshake(job, .answered, at: now) }
            try await pin(hostKey, for: access.partner)
        } catch {
            let answer = Task.isCancelled ? .unknown : Bastion.Answer(error)
            note { state, now in state.endStatisticsHandshake(job, answer, at: now) }
            try await pin(error.hostKey, for: access.partner)
            throw error
        }
    }

    private func pin(_ hostKey: HostKeyPin?, for partner: Partner) async throws(VisitError) {
        guard let hostKey, partner.configuration.ssh.hostKey?.keyType == nil else { return }
        do throws(StoreError) {
            try await store.pin(hostKey, for: partner.id, revision: partner.revision)
        } catch {
            throw .unknownAccess(error)
        }
    }

    private func bounded<T: Sendable>(
        _ limit: Duration, _ stage: ConnectionStage, _ call: @escaping @Sendable () async throws(VisitError) -> T
    ) async throws(VisitError) -> T {
        let result = await stopwatch.bounded(limit, call) ?? .failure(.missed(limit, at: stage))
        return try result.get()
    }

    /// Whoever waits for what is given back here may begin.
    private func note(_ change: (inout EngineState, _ now: Duration) -> Void) {
        let now = stopwatch.now
        state.withLock { change(&$0, now) }
        pump()
    }
}

extension PartnerStanding {
    /// Servers lock out those who insist, so that while visits rest after a refused login nobody else tries.
    fileprivate func refusedLogin(at now: Date) -> VisitError? {
        guard partner.configuration.isActive, let kind = sync.lastFailure, kind.isLogin,
            let message = sync.lastErrorMessage, let next = sync.nextSyncAt, next > now
        else { return nil }
        return VisitError(kind: kind, stage: kind == .sshLogin ? .sshAuth : .dbAuth, message: message)
    }
}

extension VisitError {
    fileprivate static let deleted = VisitError(
        kind: .database, stage: .resolve, message: "The partner was deleted")
    /// Nobody is told: whoever asked has left.
    fileprivate static let interrupted = VisitError(kind: .database, stage: .resolve, message: "Interrupted")

    fileprivate static func notDone(within limit: Duration) -> VisitError {
        VisitError(
            kind: .timeout, stage: .query, message: "Not done within the \(limit.components.seconds) s of a request")
    }

    fileprivate static func bastionRests(_ pause: Duration) -> VisitError {
        let seconds = Int((pause / .seconds(1)).rounded(.up))
        return VisitError(
            kind: .ssh, stage: .sshConnect,
            message: "SSH connection failed: The server could not be reached; the next attempt is in \(seconds) s")
    }

    fileprivate static func unknownAccess(_ error: StoreError) -> VisitError {
        VisitError(
            kind: .database, stage: .resolve, message: "The partner's connection data could not be read or kept",
            detail: error.description)
    }
}
