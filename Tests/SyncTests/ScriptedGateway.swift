import Domain
import Foundation
import Partners
import Synchronization

/// Partners that do as the test says. Calls are noted, and can be awaited.
final class ScriptedGateway: PartnerGateway {
    enum Verb: Hashable {
        case connect
        case read
        case apply
        case check
        /// The part of a check after the login.
        case checkQueries
        case drop
        case connectForStatistics
        case readPeriod
        case tidyUpStatistics
    }

    enum Answer {
        case works
        case fails(VisitError)
        /// Until the limit, as a black hole does.
        case isSilent
        case waits(Gate)
    }

    struct Call {
        let verb: Verb
        let partner: PartnerID
        var change: SettingChange?
        var access: PartnerAccess?
        var mayShakeHands = true
    }

    private struct State {
        var statistics: [PartnerID: PeriodStatistics] = [:]
        /// Partners whose visits' tunnel carries statistics.
        var openTunnels: Set<PartnerID> = []
        var idleRests: [Duration] = []
        var answers: [Key: Answer] = [:]
        var readings: [PartnerID: MetricsReading] = [:]
        var hostKeys: [PartnerID: HostKeyPin] = [:]
        var applied: [PartnerID: AppliedChange] = [:]
        var warm: [PartnerID: Int64] = [:]
        var calls: [Call] = []
        var running: [Verb: Int] = [:]
        var peak: [Verb: Int] = [:]
        var watchers: [(verb: Verb, partner: PartnerID, count: Int, met: CheckedContinuation<Void, Never>)] = []
        var isShutDown = false
    }

    private struct Key: Hashable {
        let verb: Verb
        let partner: PartnerID
    }

    private let clock: SteppedClock
    private let state = Mutex(State())
    let keepsWarm: Bool

    init(_ clock: SteppedClock, keepsWarm: Bool = true) {
        self.clock = clock
        self.keepsWarm = keepsWarm
    }

    // MARK: The script

    func script(_ verb: Verb, of partner: PartnerID, _ answer: Answer) {
        state.withLock { $0.answers[Key(verb: verb, partner: partner)] = answer }
    }

    func setReading(_ reading: MetricsReading, of partner: PartnerID) {
        state.withLock { $0.readings[partner] = reading }
    }

    /// Whether a session is open, at whatever revision.
    func isOpen(_ partner: PartnerID) -> Bool { state.withLock { $0.warm[partner] != nil } }

    /// What a write that works finds at the partner.
    func setApplied(_ applied: AppliedChange, of partner: PartnerID) {
        state.withLock { $0.applied[partner] = applied }
    }

    func setHostKey(_ hostKey: HostKeyPin, of partner: PartnerID) {
        state.withLock { $0.hostKeys[partner] = hostKey }
    }

    func setStatistics(_ statistics: PeriodStatistics, of partner: PartnerID) {
        state.withLock { $0.statistics[partner] = statistics }
    }

    func setTunnelOpen(_ isOpen: Bool, to partner: PartnerID) {
        state.withLock { state in
            if isOpen { state.openTunnels.insert(partner) } else { state.openTunnels.remove(partner) }
        }
    }

    /// What the next looks for idle sessions find: how long until one may be closed.
    func setIdleRests(_ rests: [Duration]) { state.withLock { $0.idleRests = rests } }

    // MARK: The notes

    var isShutDown: Bool { state.withLock { $0.isShutDown } }
    func calls(_ verb: Verb, of partner: PartnerID) -> [Call] {
        state.withLock { $0.calls.filter { $0.verb == verb && $0.partner == partner } }
    }
    func allCalls(_ verb: Verb) -> [Call] { state.withLock { $0.calls.filter { $0.verb == verb } } }
    func count(_ verb: Verb, of partner: PartnerID) -> Int { calls(verb, of: partner).count }
    func count(_ verb: Verb) -> Int { state.withLock { $0.calls.count { $0.verb == verb } } }
    func running(_ verb: Verb) -> Int { state.withLock { $0.running[verb, default: 0] } }
    /// How many of these calls there ever were at the same time.
    func peak(_ verb: Verb) -> Int { state.withLock { $0.peak[verb, default: 0] } }

    /// Returns when there were `count` such calls.
    func awaits(_ verb: Verb, of partner: PartnerID, count: Int = 1) async {
        await withCheckedContinuation { met in
            let isMet = state.withLock { state in
                if state.calls.count(where: { $0.verb == verb && $0.partner == partner }) >= count { return true }
                state.watchers.append((verb, partner, count, met))
                return false
            }
            if isMet { met.resume() }
        }
    }

    // MARK: PartnerGateway

    func isWarm(_ partner: Partner) -> Bool {
        state.withLock { $0.warm[partner.id] == partner.revision }
    }

    func connect(_ access: PartnerAccess, within limit: Duration) async throws(VisitError) -> HostKeyPin? {
        let id = access.partner.id
        if isWarm(access.partner) { return state.withLock { $0.hostKeys[id] } }
        try await play(Call(verb: .connect, partner: id, access: access), within: limit)
        return state.withLock { state in
            if keepsWarm { state.warm[id] = access.partner.revision }
            return state.hostKeys[id]
        }
    }

    func readMetrics(
        _ access: PartnerAccess, today: Range<Date>, within limit: Duration
    ) async throws(VisitError) -> MetricsReading {
        try await play(Call(verb: .read, partner: access.partner.id, access: access), within: limit)
        return state.withLock { $0.readings[access.partner.id] } ?? .plain
    }

    func apply(
        _ change: SettingChange, to access: PartnerAccess, now: Date, within limit: Duration
    ) async throws(VisitError) -> AppliedChange {
        let id = access.partner.id
        try await play(Call(verb: .apply, partner: id, change: change, access: access), within: limit)
        return state.withLock { state in
            var reading = state.readings[id] ?? .plain
            switch change {
            case .concurrencyLimit(let limit): reading.partnerLimit = limit
            case .pauseNonPriorityCampaigns(let isPaused): reading.partnerPause = isPaused
            }
            state.readings[id] = reading
            return state.applied[id] ?? AppliedChange(previousValue: nil, wasInForce: false, isUnaudited: false)
        }
    }

    func check(
        _ access: PartnerAccess, connectionLimit: Duration, queryLimit: Duration, now: Date,
        onConnected: @Sendable () -> Void
    ) async -> ConnectionReport {
        let id = access.partner.id
        var report = ConnectionReport(
            stages: [], elapsedMilliseconds: 7, viaSSH: access.partner.configuration.ssh.isEnabled,
            hostKey: state.withLock { $0.hostKeys[id] },
            result: .success(ConnectionFindings(database: "d", serverVersion: "1", tenantScoped: [], warnings: [])))
        do throws(VisitError) {
            try await play(Call(verb: .check, partner: id, access: access), within: connectionLimit)
            onConnected()
            try await play(Call(verb: .checkQueries, partner: id, access: access), within: queryLimit)
        } catch {
            report.result = .failure(error)
        }
        return report
    }

    func inspect(key: Secret, passphrase: Secret?) async throws(FieldFault) {
        if key.clearText == "locked key", passphrase != Secret("open") {
            throw FieldFault("sshConfig.passphrase", "does not open the private key")
        }
        if !["good key", "locked key"].contains(key.clearText) {
            throw FieldFault("sshConfig.privateKey", "is not a private key")
        }
    }

    func needsHandshakeForStatistics(_ partner: Partner) -> Bool {
        partner.configuration.ssh.isEnabled && state.withLock { !$0.openTunnels.contains(partner.id) }
    }

    func connectForStatistics(
        _ access: PartnerAccess, mayShakeHands: Bool, within limit: Duration
    ) async throws(VisitError) -> HostKeyPin? {
        let id = access.partner.id
        if !mayShakeHands, needsHandshakeForStatistics(access.partner) { throw .stale }
        try await play(
            Call(verb: .connectForStatistics, partner: id, access: access, mayShakeHands: mayShakeHands),
            within: limit)
        return state.withLock { $0.hostKeys[id] }
    }

    func readPeriod(
        _ access: PartnerAccess, range: Range<Date>, within limit: Duration
    ) async throws(VisitError) -> PeriodStatistics {
        let id = access.partner.id
        try await play(Call(verb: .readPeriod, partner: id, access: access), within: limit)
        return state.withLock { $0.statistics[id] } ?? PeriodStatistics()
    }

    func tidyUpStatistics(idleAfter limit: Duration) async -> Duration? {
        note(Call(verb: .tidyUpStatistics, partner: PartnerID("")))
        return state.withLock { $0.idleRests.isEmpty ? nil : $0.idleRests.removeFirst() }
    }

    func drop(_ id: PartnerID) async {
        note(Call(verb: .drop, partner: id))
        state.withLock { $0.warm[id] = nil }
    }

    func shutdown() async {
        state.withLock { $0.isShutDown = true }
    }
}

extension ScriptedGateway {
    private func play(_ call: Call, within limit: Duration) async throws(VisitError) {
        let answer = note(call)
        defer { state.withLock { $0.running[call.verb, default: 0] -= 1 } }
        state.withLock { state in
            let running = state.running[call.verb, default: 0] + 1
            state.running[call.verb] = running
            state.peak[call.verb] = max(running, state.peak[call.verb, default: 0])
        }
        do throws(VisitError) {
            try await perform(answer, within: limit)
            if Task.isCancelled { throw .cancelled }
        } catch {
            let isVisits = ![.connectForStatistics, .readPeriod].contains(call.verb)
            if isVisits { state.withLock { $0.warm[call.partner] = nil } }
            throw error
        }
    }

    private func perform(_ answer: Answer, within limit: Duration) async throws(VisitError) {
        switch answer {
        case .works: return
        case .fails(let error): throw error
        case .waits(let gate): await gate.pass()
        case .isSilent:
            do { try await clock.sleep(for: limit) } catch { throw .cancelled }
            throw .timeout
        }
    }

    @discardableResult
    private func note(_ call: Call) -> Answer {
        let (answer, met) = state.withLock { state in
            state.calls.append(call)
            let met = state.watchers.filter { watcher in
                state.calls.count { $0.verb == watcher.verb && $0.partner == watcher.partner } >= watcher.count
            }
            state.watchers.removeAll { watcher in
                state.calls.count { $0.verb == watcher.verb && $0.partner == watcher.partner } >= watcher.count
            }
            return (state.answers[Key(verb: call.verb, partner: call.partner)] ?? .works, met.map(\.met))
        }
        for watcher in met { watcher.resume() }
        return answer
    }
}

/// Holds whoever passes until it is opened; a cancelled task does not wait.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())

    func pass() async {
        let number = state.withLock {
            $0.lastNumber += 1
            return $0.lastNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isFree = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiting[number] = waiter
                    return false
                }
                if isFree { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for waiter in waiting { waiter.resume() }
    }
}

extension MetricsReading {
    /// A partner that agrees with what is on file.
    static let plain = MetricsReading(metrics: .plain(), partnerLimit: nil, partnerPause: nil)
}

extension Metrics {
    static func plain(active: Int = 2, queued: Int = 3, limit: Int = 10) -> Metrics {
        Metrics(
            campaignsToday: 42, runningCampaigns: 8, activeCalls: active, queuedCalls: queued,
            completedCallsToday: 125, voicemailCount: 45, customerEndedCount: 80, remainingCalls: 537,
            concurrencyLimit: limit)
    }
}

extension VisitError {
    static let timeout = VisitError(
        kind: .timeout, stage: .sshConnect, message: "SSH connection failed: Timed out after 30 s")
    static let cancelled = VisitError(kind: .database, stage: .query, message: "Cancelled")
    static let refused = VisitError(
        kind: .database, stage: .dbConnect, message: "Database connection failed: Connection refused")
    static let accessDenied = VisitError(
        kind: .databaseLogin, stage: .dbAuth, message: "Database connection failed: Access denied for user 'x'")
    static let sshRefused = VisitError(
        kind: .ssh, stage: .sshConnect, message: "SSH connection failed: Connection refused")
    static let sshLogin = VisitError(
        kind: .sshLogin, stage: .sshAuth, message: "SSH connection failed: Authentication failed")
    static let noRight = VisitError(kind: .query, stage: .query, message: "Query failed: UPDATE command denied")
    static let stale = VisitError(
        kind: .database, stage: .query, message: "Database connection failed: Server has gone away",
        isStaleSession: true)
}
