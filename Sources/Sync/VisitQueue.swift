import Domain

/// Who may be visited now. A pure state machine: it decides, others do, and it is told what became of it.
///
/// Three scarce things are given out, all of them at once or none, so that whoever waits holds nothing: slots
/// (of which partners that failed last get at most a quarter), two more slots for what operators ask, which may use
/// the others too, and handshakes with a bastion. Times are the stopwatch's.
struct VisitQueue {
    /// Where a partner stands when nobody asks for it.
    struct Plan: Equatable {
        /// `nil`: only when asked.
        var due: Duration?
        /// `host:port` of its SSH host.
        var bastion: String?
        var isFailing: Bool
    }

    /// A visit to be started now.
    struct Start: Equatable {
        let id: PartnerID
        /// Without this the visit may only use a warm tunnel.
        let mayShakeHands: Bool
        let retry: Retry
    }

    /// What a visit that gave its slot back wants done otherwise next time.
    struct Retry: Equatable {
        /// The warm session was dead once; a second time is a failure.
        var hasReconnected = false
        /// The partner refused a write, which cost the session: read without writing.
        var refusedChanges: Set<Int64> = []

        var reconnecting: Retry { Retry(hasReconnected: true, refusedChanges: refusedChanges) }

        func skipping(_ change: Int64) -> Retry {
            Retry(hasReconnected: hasReconnected, refusedChanges: refusedChanges.union([change]))
        }
    }

    enum End: Equatable {
        case recorded
        case again(Retry)
        /// Ended by us: nothing was recorded, and who asked still waits.
        case interrupted
        /// The store failed: who asked still waits, and nobody tries before this moment, unless asked anew.
        case unrecorded(until: Duration)
    }

    private struct Entry {
        var plan: Plan
        var request: Request?
        var retry = Retry()
        /// No visit before this moment.
        var restsUntil = Duration.zero

        /// When it wants a visit; `nil`: only when asked.
        var readyAt: Duration? {
            (request == nil ? plan.due : .zero).map { max($0, restsUntil) }
        }
    }

    private struct Request {
        var isOperators: Bool
        var askedAt: Duration
    }

    private struct Running {
        let slot: Slot
        let wasFailing: Bool
        var handshake: String?
        var request: Request?
        var hasBegunRead = false
    }

    enum Slot {
        case regular
        case operators
    }

    /// `concurrentPartnerLimit`; a smaller one takes effect as visits end.
    var slots: Int
    private var entries: [PartnerID: Entry] = [:]
    private var visits: [PartnerID: Running] = [:]
    private var bastions: [String: Bastion] = [:]
    private var jobs = OperatorJobs()

    init(slots: Int) {
        self.slots = slots
    }

    /// Adds a partner or changes its plan.
    mutating func set(_ plan: Plan, for id: PartnerID) {
        let bastion = entries[id]?.plan.bastion
        entries[id, default: Entry(plan: plan)].plan = plan
        if bastion != plan.bastion { tidy(bastion) }
    }

    /// Forgets a partner; a visit under way keeps what it holds until it ends.
    mutating func remove(_ id: PartnerID) {
        tidy(entries.removeValue(forKey: id)?.plan.bastion)
    }

    /// How many bastions are remembered: those that fail, and those that somebody shakes hands with.
    var bastionCount: Int { bastions.count }

    /// Asks for a visit: any number of requests, one visit.
    ///
    /// With `joins` a visit that has not begun its read will do; otherwise one more follows.
    mutating func ask(_ id: PartnerID, forOperator isOperators: Bool, joins: Bool, at now: Duration) {
        guard let entry = entries[id] else { return }
        if joins, let visit = visits[id], !visit.hasBegunRead {
            let request = merged(visit.request, isOperators, now)
            visits[id]?.request = request
        } else {
            let request = merged(entry.request, isOperators, now)
            entries[id]?.request = request
            entries[id]?.restsUntil = .zero
        }
    }

    /// What may start now, and the next moment at which that may change by itself (`nil`: never).
    mutating func decide(at now: Duration, isWarm: (PartnerID) -> Bool) -> (starts: [Start], next: Duration?) {
        var starts: [Start] = []
        for (id, entry) in ready(at: now) {
            if let start = start(id, entry, at: now, isWarm: isWarm) { starts.append(start) }
        }
        return (starts, nextMoment(after: now))
    }

    /// The partner's bastion let us in: the permit is free for the next.
    mutating func connected(_ id: PartnerID) {
        guard let bastion = visits[id]?.handshake else { return }
        visits[id]?.handshake = nil
        release(bastion, .answered)
    }

    /// Connecting failed; `error` tells whether the bastion is to blame.
    mutating func notConnected(_ id: PartnerID, _ error: VisitError, at now: Duration) {
        guard let bastion = visits[id]?.handshake else { return }
        visits[id]?.handshake = nil
        release(bastion, Bastion.Answer(error), at: now, by: id)
    }

    /// From here on a request is for another visit.
    mutating func beganRead(_ id: PartnerID) {
        visits[id]?.hasBegunRead = true
    }

    /// A visit is over and all it held is free.
    mutating func ended(_ id: PartnerID, _ end: End) {
        guard let visit = visits.removeValue(forKey: id) else { return }
        release(visit.handshake, .unknown)
        guard let entry = entries[id] else { return }
        entries[id]?.retry = if case .again(let retry) = end { retry } else { Retry() }
        entries[id]?.restsUntil = if case .unrecorded(let moment) = end { moment } else { .zero }
        if end != .recorded, let asked = visit.request {
            let request = merged(entry.request, asked.isOperators, asked.askedAt)
            entries[id]?.request = request
        }
    }
}

extension VisitQueue {
    /// Lines up a connection test, with the partner to itself if it is a stored one, and returns its number.
    mutating func enqueueJob(for partner: PartnerID?, bastion: String?) -> Int {
        jobs.enqueue(partner, bastion ?? partner.flatMap { entries[$0]?.plan.bastion })
    }

    /// Gives slots and permits to tests, first come first served among those that can have both.
    ///
    /// Returns the tests that may begin now, and the partners whose visits have to make way for one first.
    mutating func admitJobs() -> (begun: [Int], interrupted: [PartnerID]) {
        var interrupted: [PartnerID] = []
        for job in jobs.waiting {
            if let partner = job.partner, jobs.isTesting(partner) { continue }
            guard let slot = freeSlot, takePermit(for: job) else { continue }
            jobs.admit(job, slot)
            if let partner = job.partner, visits[partner] != nil { interrupted.append(partner) }
        }
        return (jobs.begin { visits[$0] != nil }, interrupted)
    }

    /// The test is past the bastion: the permit is free for the next.
    mutating func jobConnected(_ number: Int) {
        release(jobs.endHandshake(number), .answered)
    }

    /// The test is over, or was given up before it began.
    mutating func endJob(_ number: Int, _ answer: Bastion.Answer, at now: Duration) {
        release(jobs.endHandshake(number), answer, at: now)
        jobs.remove(number)
    }

    private var freeSlot: Slot? {
        if operatorsInUse < operatorSlots { return .operators }
        return regularInUse < slots ? .regular : nil
    }

    /// The permit of a visit that makes way passes to the test.
    private mutating func takePermit(for job: OperatorJobs.Job) -> Bool {
        guard let bastion = job.bastion else { return true }
        if let partner = job.partner, visits[partner]?.handshake == bastion {
            visits[partner]?.handshake = nil
            return true
        }
        return bastions[bastion, default: Bastion()].takePermit()
    }
}

extension VisitQueue {
    /// A handshake for statistics, which come after visits and tests.
    mutating func takeSparePermit(of bastion: String, at now: Duration) -> Bastion.SparePermit {
        defer { tidy(bastion) }
        return bastions[bastion, default: Bastion()].takeSparePermit(at: now)
    }

    /// Takes such a permit back with what was learnt.
    mutating func returnSparePermit(of bastion: String, _ answer: Bastion.Answer, at now: Duration) {
        release(bastion, answer, at: now)
    }
}

extension VisitQueue {
    /// Who wants a visit and has none, in the order in which they came to want it; operators' requests first.
    private func ready(at now: Duration) -> [(PartnerID, Entry)] {
        guard regularInUse < slots || operatorsInUse < operatorSlots else { return [] }
        let waiting = entries.filter { id, entry in isReady(entry, at: now) && visits[id] == nil && !jobs.isTesting(id)
        }
        return waiting.map { ($0, $1) }.sorted { left, right in
            let (leftFirst, rightFirst) = (left.1.request?.isOperators == true, right.1.request?.isOperators == true)
            if leftFirst != rightFirst { return leftFirst }
            return (readiness(left.1), left.0) < (readiness(right.1), right.0)
        }
    }

    private func isReady(_ entry: Entry, at now: Duration) -> Bool {
        entry.readyAt.map { $0 <= now } ?? false
    }

    private func readiness(_ entry: Entry) -> Duration {
        min(entry.request?.askedAt ?? .seconds(Int64.max), entry.plan.due ?? .seconds(Int64.max))
    }

    private mutating func start(
        _ id: PartnerID, _ entry: Entry, at now: Duration, isWarm: (PartnerID) -> Bool
    ) -> Start? {
        guard visits[id] == nil else { return nil }
        let isOperators = entry.request?.isOperators == true
        if let bastion = entry.plan.bastion, !isOperators, !isWarm(id),
            let prober = prober(of: bastion, isWarm: isWarm), prober != id
        {
            return probe(as: prober, at: now, isWarm: isWarm)
        }
        guard let slot = freeSlot(for: entry) else { return nil }
        var handshake: String?
        if let bastion = entry.plan.bastion, !isWarm(id) {
            let mayProbe = isOperators || bastions[bastion].map { $0.retryAt <= now } ?? true
            guard mayProbe, bastions[bastion, default: Bastion()].takePermit() else { return nil }
            handshake = bastion
        }
        visits[id] = Running(
            slot: slot, wasFailing: entry.plan.isFailing, handshake: handshake, request: entry.request)
        entries[id]?.request = nil
        return Start(id: id, mayShakeHands: handshake != nil || entry.plan.bastion == nil, retry: entry.retry)
    }

    /// Who is visited in place of all that wait for this bastion; `nil`: it is well, or nobody probed it yet.
    private mutating func prober(of bastion: String, isWarm: (PartnerID) -> Bool) -> PartnerID? {
        guard let prober = bastions[bastion]?.prober else { return nil }
        if entries[prober]?.plan.bastion == bastion, entries[prober]?.plan.due != nil, !isWarm(prober) {
            return prober
        }
        bastions[bastion]?.dismissProber()
        return nil
    }

    /// Others wait: the prober comes as soon as the bastion's restraint allows, due or not.
    private mutating func probe(as prober: PartnerID, at now: Duration, isWarm: (PartnerID) -> Bool) -> Start? {
        guard let entry = entries[prober], entry.restsUntil <= now, !jobs.isTesting(prober) else { return nil }
        return start(prober, entry, at: now, isWarm: isWarm)
    }

    /// Operators' own slots come last, so that they are there when all others are taken.
    private func freeSlot(for entry: Entry) -> Slot? {
        let isCrowded = entry.plan.isFailing && failingInUse >= max(1, slots / 4)
        if regularInUse < slots, !isCrowded { return .regular }
        return entry.request?.isOperators == true && operatorsInUse < operatorSlots ? .operators : nil
    }

    private var regularInUse: Int { inUse(.regular) }
    private var operatorsInUse: Int { inUse(.operators) }
    private var failingInUse: Int { visits.values.count { $0.slot == .regular && $0.wasFailing } }

    private func inUse(_ slot: Slot) -> Int {
        visits.values.count { $0.slot == slot } + jobs.admitted.values.count { $0.slot == slot }
    }

    /// Slots come free by events; only due times and a bastion's restraint end by themselves.
    private func nextMoment(after now: Duration) -> Duration? {
        entries.lazy.compactMap { id, entry -> Duration? in
            if visits[id] != nil { return nil }
            guard isReady(entry, at: now) else { return entry.readyAt }
            return entry.plan.bastion.flatMap { bastions[$0]?.retryAt }.flatMap { $0 > now ? $0 : nil }
        }.min()
    }

    private mutating func release(
        _ bastion: String?, _ answer: Bastion.Answer, at now: Duration = .zero, by id: PartnerID? = nil
    ) {
        guard let bastion else { return }
        bastions[bastion]?.release(answer, at: now, by: id)
        tidy(bastion)
    }

    /// Forgets a bastion with which nobody shakes hands and which is well, or nobody's any more.
    private mutating func tidy(_ bastion: String?) {
        guard let bastion, let state = bastions[bastion], state.isIdle else { return }
        if state.isWell || !entries.values.contains(where: { $0.plan.bastion == bastion }) { bastions[bastion] = nil }
    }

    private func merged(_ request: Request?, _ isOperators: Bool, _ now: Duration) -> Request {
        Request(
            isOperators: isOperators || request?.isOperators == true, askedAt: min(request?.askedAt ?? now, now))
    }
}

/// Besides the regular ones: for tests, forced syncs and pushes.
private let operatorSlots = 2
