import Domain
import Testing

@testable import Sync

@Suite("Visit queue")
struct VisitQueueTests {
    private static let isWarm: @Sendable (PartnerID) -> Bool = { _ in true }
    private static let isCold: @Sendable (PartnerID) -> Bool = { _ in false }

    private func queue(
        slots: Int, _ partners: [(String, VisitQueue.Plan)]
    ) -> VisitQueue {
        var queue = VisitQueue(slots: slots)
        for (name, plan) in partners { queue.set(plan, for: PartnerID(name)) }
        return queue
    }

    private func plan(
        due: Duration? = .zero, _ bastion: String? = nil, failing: Bool = false
    ) -> VisitQueue.Plan {
        VisitQueue.Plan(due: due, bastion: bastion, isFailing: failing)
    }

    private func started(
        _ queue: inout VisitQueue, at now: Duration = .zero, isWarm: (PartnerID) -> Bool = Self.isWarm
    ) -> [String] {
        queue.decide(at: now, isWarm: isWarm).starts.map(\.id.rawValue)
    }

    @Test("Whoever is due longest goes first, as many as there are slots")
    func slots() {
        var queue = queue(
            slots: 2,
            [("c", plan(due: .seconds(3))), ("a", plan(due: .seconds(1))), ("b", plan(due: .seconds(2)))])
        #expect(started(&queue, at: .seconds(5)) == ["a", "b"])
        #expect(started(&queue, at: .seconds(5)) == [])
        queue.set(plan(due: .seconds(120)), for: PartnerID("a"))
        queue.ended(PartnerID("a"), .recorded)
        #expect(started(&queue, at: .seconds(5)) == ["c"])
    }

    @Test("A lower limit takes effect as visits end, a higher one at once")
    func slotsChange() {
        var queue = queue(slots: 2, (0..<6).map { ("p\($0)", plan()) })
        #expect(started(&queue).count == 2)
        queue.slots = 1
        queue.remove(PartnerID("p0"))
        queue.ended(PartnerID("p0"), .recorded)
        #expect(started(&queue).isEmpty)
        queue.slots = 4
        #expect(started(&queue).count == 3)
    }

    @Test(
        "Failing partners use at most a quarter of the slots, at least one",
        arguments: [
            (1, 1), (3, 1), (4, 1), (7, 1), (8, 2), (16, 4), (256, 64),
        ])
    func failingQuarter(slots: Int, failing: Int) {
        var queue = queue(slots: slots, (0..<300).map { ("p\($0)", plan(failing: true)) })
        #expect(started(&queue).count == failing)
        queue.set(plan(), for: PartnerID("healthy"))
        #expect(started(&queue) == (slots > failing ? ["healthy"] : []))
    }

    @Test("Operators have two slots of their own, however busy the rest is")
    func operatorSlots() {
        var queue = queue(slots: 1, (0..<5).map { ("p\($0)", plan()) })
        #expect(started(&queue) == ["p0"])
        for name in ["p1", "p2", "p3"] {
            queue.ask(PartnerID(name), forOperator: true, joins: true, at: .seconds(1))
        }
        #expect(started(&queue, at: .seconds(1)) == ["p1", "p2"])
        queue.ended(PartnerID("p1"), .recorded)
        #expect(started(&queue, at: .seconds(1)) == ["p3"])
    }

    @Test("A refresh of many leaves the operators' slots alone")
    func refreshUsesRegularSlots() {
        var queue = queue(slots: 1, (0..<5).map { ("p\($0)", plan(due: nil)) })
        for index in 0..<5 { queue.ask(PartnerID("p\(index)"), forOperator: false, joins: true, at: .zero) }
        #expect(started(&queue) == ["p0"])
    }

    @Test("A bastion sees two handshakes at a time, and who waits holds no slot")
    func handshakes() {
        var queue = queue(
            slots: 3,
            [("a", plan("one")), ("b", plan("one")), ("c", plan("one")), ("d", plan("two")), ("e", plan())])
        #expect(started(&queue, isWarm: Self.isCold) == ["a", "b", "d"])
        queue.connected(PartnerID("a"))
        #expect(started(&queue, isWarm: Self.isCold) == [], "no slot is free yet")
        queue.ended(PartnerID("d"), .recorded)
        #expect(started(&queue, isWarm: Self.isCold) == ["c"])
    }

    @Test("A warm tunnel needs no handshake, a visit without a permit may not make one")
    func warmTunnels() {
        var queue = queue(slots: 9, (0..<5).map { ("p\($0)", plan("one")) })
        let starts = queue.decide(at: .zero, isWarm: Self.isWarm).starts
        #expect(starts.count == 5)
        #expect(starts.allSatisfy { !$0.mayShakeHands })
    }

    @Test("An unreachable bastion is probed by one partner at a time, later each time")
    func unreachableBastion() {
        var queue = queue(slots: 9, (0..<5).map { ("p\($0)", plan("one")) })
        #expect(started(&queue, isWarm: Self.isCold) == ["p0", "p1"])
        for name in ["p0", "p1"] {
            queue.notConnected(PartnerID(name), .sshRefused, at: .zero)
            queue.set(plan(due: .seconds(200), "one", failing: true), for: PartnerID(name))
            queue.ended(PartnerID(name), .recorded)
        }
        let (starts, next) = queue.decide(at: .seconds(1), isWarm: Self.isCold)
        #expect(starts.isEmpty)
        #expect(next == .seconds(20), "two failures: 20 s of restraint")
        #expect(started(&queue, at: .seconds(20), isWarm: Self.isCold) == ["p0"], "the same that failed before")
        #expect(started(&queue, at: .seconds(99), isWarm: Self.isCold) == [])
        queue.connected(PartnerID("p0"))
        #expect(started(&queue, at: .seconds(99), isWarm: Self.isCold) == ["p2", "p3"])
    }

    @Test(
        "When the partner that probes a bastion is gone, unscheduled or elsewhere, another takes its place",
        arguments: 0..<3)
    func nextProber(_ how: Int) {
        var queue = queue(slots: 9, (0..<3).map { ("p\($0)", plan("one")) })
        #expect(started(&queue, isWarm: Self.isCold) == ["p0", "p1"])
        for name in ["p0", "p1"] {
            queue.notConnected(PartnerID(name), .sshRefused, at: .zero)
            queue.set(plan(due: .seconds(200), "one", failing: true), for: PartnerID(name))
            queue.ended(PartnerID(name), .recorded)
        }
        switch how {
        case 0: queue.remove(PartnerID("p0"))
        case 1: queue.set(plan(due: nil, "one", failing: true), for: PartnerID("p0"))
        default: queue.set(plan("two"), for: PartnerID("p0"))
        }
        let others = started(&queue, at: .seconds(20), isWarm: Self.isCold).filter { $0 != "p0" }
        #expect(others == ["p2"])
    }

    @Test("A refused login lets the bastion's other partners try at once, one after the other")
    func refusedLogin() {
        var queue = queue(slots: 9, (0..<4).map { ("p\($0)", plan("one")) })
        _ = started(&queue, isWarm: Self.isCold)
        for name in ["p0", "p1"] {
            queue.notConnected(PartnerID(name), .sshLogin, at: .zero)
            queue.remove(PartnerID(name))
            queue.ended(PartnerID(name), .recorded)
        }
        #expect(started(&queue, isWarm: Self.isCold) == ["p2"])
    }

    @Test("A database behind a bastion that fails says nothing against the bastion")
    func databaseFailureBehindBastion() {
        var queue = queue(slots: 9, (0..<4).map { ("p\($0)", plan("one")) })
        _ = started(&queue, isWarm: Self.isCold)
        queue.notConnected(PartnerID("p0"), .accessDenied, at: .zero)
        queue.notConnected(PartnerID("p1"), .refused, at: .zero)
        #expect(started(&queue, isWarm: Self.isCold) == ["p2", "p3"])
    }

    @Test("What an operator asks does not wait for the bastion's restraint")
    func operatorProbes() {
        var queue = queue(slots: 9, [("p0", plan("one")), ("p1", plan("one"))])
        _ = started(&queue, isWarm: Self.isCold)
        for name in ["p0", "p1"] {
            queue.notConnected(PartnerID(name), .sshRefused, at: .zero)
            queue.ended(PartnerID(name), .recorded)
            queue.ask(PartnerID(name), forOperator: true, joins: true, at: .zero)
        }
        #expect(started(&queue, isWarm: Self.isCold) == ["p0"], "but one at a time")
    }

    enum Moment: CaseIterable {
        case idle
        case connecting
        case connected
        case reading
    }

    @Test("Any number of requests make one visit, and only a read begun makes one more", arguments: Moment.allCases)
    func coalescing(moment: Moment) {
        for requests in 1...4 {
            var queue = queue(slots: 4, [("p", plan(due: nil, "one"))])
            let id = PartnerID("p")
            if moment != .idle {
                queue.ask(id, forOperator: true, joins: true, at: .zero)
                #expect(started(&queue, isWarm: Self.isCold) == ["p"])
            }
            if moment == .connected || moment == .reading { queue.connected(id) }
            if moment == .reading { queue.beganRead(id) }
            for _ in 0..<requests { queue.ask(id, forOperator: true, joins: true, at: .seconds(1)) }
            if moment != .idle {
                #expect(started(&queue, at: .seconds(1)).isEmpty, "one visit a partner")
                queue.ended(id, .recorded)
            }
            let follows = moment == .idle || moment == .reading
            #expect(started(&queue, at: .seconds(1), isWarm: Self.isCold) == (follows ? ["p"] : []))
            queue.ended(id, .recorded)
            #expect(started(&queue, at: .seconds(2), isWarm: Self.isCold).isEmpty)
        }
    }

    @Test("A change to be pushed does not join: what runs may not know of it")
    func pushFollows() {
        var queue = queue(slots: 4, [("p", plan(due: nil))])
        queue.ask(PartnerID("p"), forOperator: true, joins: false, at: .zero)
        _ = started(&queue)
        queue.ask(PartnerID("p"), forOperator: true, joins: false, at: .zero)
        queue.ended(PartnerID("p"), .recorded)
        #expect(started(&queue) == ["p"])
    }

    @Test(
        "Who asked for a visit that was interrupted or gave its slot back still gets one",
        arguments: [
            VisitQueue.End.interrupted, .again(VisitQueue.Retry(hasReconnected: true)),
        ])
    func requestOutlivesVisit(end: VisitQueue.End) {
        var queue = queue(slots: 4, [("p", plan(due: nil))])
        queue.ask(PartnerID("p"), forOperator: true, joins: true, at: .zero)
        _ = started(&queue)
        queue.ended(PartnerID("p"), end)
        let starts = queue.decide(at: .zero, isWarm: Self.isWarm).starts
        #expect(starts.map(\.id) == [PartnerID("p")])
        #expect(starts.first?.retry.hasReconnected == (end != .interrupted))
    }

    @Test("A test waits for the partner's visit, keeps others away, and takes an operator's slot")
    func jobs() {
        var queue = queue(slots: 4, [("p", plan("one")), ("q", plan(due: nil)), ("r", plan(due: nil))])
        let id = PartnerID("p")
        #expect(started(&queue, isWarm: Self.isCold) == ["p"])
        let job = queue.enqueueJob(for: id, bastion: nil)
        #expect(queue.admitJobs() == ([], [id]))
        queue.ended(id, .interrupted)
        #expect(started(&queue, isWarm: Self.isCold).isEmpty)
        #expect(queue.admitJobs() == ([job], []))
        #expect(queue.admitJobs() == ([], []))
        for name in ["q", "r"] { queue.ask(PartnerID(name), forOperator: true, joins: true, at: .zero) }
        queue.slots = 0
        #expect(started(&queue) == ["q"])
        queue.slots = 4
        queue.endJob(job, .answered, at: .zero)
        #expect(started(&queue, isWarm: Self.isCold) == ["r", "p"])
    }

    @Test("Tests count among a bastion's handshakes")
    func jobHandshakes() {
        var queue = queue(slots: 4, [("p", plan("one"))])
        let first = queue.enqueueJob(for: nil, bastion: "one")
        let second = queue.enqueueJob(for: nil, bastion: "one")
        #expect(queue.admitJobs() == ([first, second], []))
        #expect(started(&queue, isWarm: Self.isCold).isEmpty)
        queue.jobConnected(first)
        #expect(started(&queue, isWarm: Self.isCold) == ["p"])
        queue.endJob(first, .answered, at: .zero)
        queue.set(plan("one"), for: PartnerID("q"))
        #expect(started(&queue, isWarm: Self.isCold).isEmpty, "its permit was given back once")
    }

    @Test("A test uses a regular slot when the operators' are taken, and disturbs nobody while it has none")
    func jobsOverflow() {
        var queue = queue(
            slots: 1, [("a", plan(due: nil)), ("b", plan(due: nil)), ("c", plan(due: nil)), ("d", plan())])
        #expect(started(&queue) == ["d"])
        for name in ["a", "b"] { queue.ask(PartnerID(name), forOperator: true, joins: true, at: .zero) }
        #expect(started(&queue) == ["a", "b"])
        let job = queue.enqueueJob(for: PartnerID("a"), bastion: nil)
        #expect(queue.admitJobs() == ([], []))
        queue.ended(PartnerID("a"), .recorded)
        queue.ask(PartnerID("a"), forOperator: true, joins: true, at: .zero)
        #expect(started(&queue) == ["a"], "a test in line keeps nobody away")
        queue.set(plan(due: nil), for: PartnerID("d"))
        queue.ended(PartnerID("d"), .recorded)
        #expect(queue.admitJobs() == ([], [PartnerID("a")]))
        queue.ended(PartnerID("a"), .interrupted)
        #expect(queue.admitJobs() == ([job], []))
        queue.ask(PartnerID("c"), forOperator: false, joins: true, at: .zero)
        #expect(started(&queue).isEmpty, "the test has the regular slot")
    }

    @Test("Forced syncs leave the operators' slots alone as long as others are free")
    func forcedSyncsPreferRegularSlots() {
        var queue = queue(slots: 2, ["a", "b"].map { ($0, plan(due: nil)) })
        for name in ["a", "b"] { queue.ask(PartnerID(name), forOperator: true, joins: true, at: .zero) }
        #expect(started(&queue) == ["a", "b"])
        let jobs = (0..<2).map { _ in queue.enqueueJob(for: nil, bastion: nil) }
        #expect(queue.admitJobs() == (jobs, []))
    }

    @Test("A visit that makes way hands its permit to the test")
    func permitPasses() {
        var queue = queue(slots: 4, [("p", plan("one")), ("q", plan("one")), ("r", plan("one"))])
        #expect(started(&queue, isWarm: Self.isCold) == ["p", "q"])
        let job = queue.enqueueJob(for: PartnerID("p"), bastion: nil)
        #expect(queue.admitJobs() == ([], [PartnerID("p")]))
        queue.ended(PartnerID("p"), .interrupted)
        #expect(queue.admitJobs() == ([job], []))
        #expect(started(&queue, isWarm: Self.isCold).isEmpty)
    }

    @Test("Who asked for a visit that could not be recorded still gets one, later")
    func unrecorded() {
        var queue = queue(slots: 4, [("p", plan(due: nil))])
        let id = PartnerID("p")
        queue.ask(id, forOperator: true, joins: true, at: .zero)
        #expect(started(&queue) == ["p"])
        queue.ended(id, .unrecorded(until: .seconds(10)))
        let (starts, next) = queue.decide(at: .zero, isWarm: Self.isWarm)
        #expect(starts.isEmpty)
        #expect(next == .seconds(10))
        #expect(started(&queue, at: .seconds(10)) == ["p"])
    }

    @Test("Only bastions that fail and are somebody's are remembered")
    func bastionsForgotten() {
        var queue = queue(slots: 4, [("p", plan("one")), ("q", plan("two"))])
        #expect(started(&queue, isWarm: Self.isCold) == ["p", "q"])
        #expect(queue.bastionCount == 2)
        queue.connected(PartnerID("p"))
        queue.notConnected(PartnerID("q"), .sshRefused, at: .zero)
        #expect(queue.bastionCount == 1)
        queue.set(plan("three"), for: PartnerID("q"))
        #expect(queue.bastionCount == 0)
        let job = queue.enqueueJob(for: nil, bastion: "four")
        _ = queue.admitJobs()
        queue.endJob(job, .unreachable, at: .zero)
        #expect(queue.bastionCount == 0)
    }

    @Test("The next moment is the nearest due time of who is not being visited")
    func nextMoment() {
        var queue = queue(slots: 1, [("a", plan()), ("b", plan(due: .seconds(9))), ("c", plan(due: nil))])
        #expect(queue.decide(at: .zero, isWarm: Self.isWarm).next == .seconds(9))
        queue.remove(PartnerID("b"))
        #expect(queue.decide(at: .zero, isWarm: Self.isWarm).next == nil)
    }

    @Test("Whatever happens in whatever order, no limit is exceeded and everybody gets a turn", arguments: 0..<6)
    func anyOrder(seed: UInt64) {
        var world = QueueWorld(seed: seed)
        for _ in 0..<800 { world.step() }
        // Operators, who go first, may keep failing partners out of their quarter for as long as they insist.
        world.operatorsInsist = false
        for _ in 0..<800 { world.step() }
        #expect(world.violations == [])
        #expect(world.neverVisited == [])
    }
}

/// Random visits on a queue, watched for broken promises.
private struct QueueWorld {
    private var random: SplitMix
    private var queue = VisitQueue(slots: 8)
    private var now = Duration.zero
    private var visits: [PartnerID: (isFailing: Bool, handshake: String?)] = [:]
    private var plans: [PartnerID: VisitQueue.Plan] = [:]
    private var visited: Set<PartnerID> = []
    private(set) var violations: [String] = []
    var operatorsInsist = true

    var neverVisited: [PartnerID] { plans.keys.filter { !visited.contains($0) } }

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        for index in 0..<60 {
            let bastion: String? = index % 3 == 0 ? nil : "bastion\(index % 4)"
            let plan = VisitQueue.Plan(due: .zero, bastion: bastion, isFailing: index % 5 == 0)
            plans[PartnerID("p\(index)")] = plan
            queue.set(plan, for: PartnerID("p\(index)"))
        }
    }

    mutating func step() {
        now += .milliseconds(Int.random(in: 0...500, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where operatorsInsist: ask()
        case 1, 2: connect()
        case 3, 4: end()
        default: break
        }
        start()
        watch()
    }

    private mutating func ask() {
        guard let id = plans.keys.sorted().randomElement(using: &random) else { return }
        queue.ask(id, forOperator: Bool.random(using: &random), joins: Bool.random(using: &random), at: now)
    }

    private mutating func connect() {
        guard let id = visits.keys.sorted().randomElement(using: &random), visits[id]?.handshake != nil else { return }
        visits[id]?.handshake = nil
        switch Int.random(in: 0..<4, using: &random) {
        case 0: queue.notConnected(id, .sshRefused, at: now)
        case 1: queue.notConnected(id, .sshLogin, at: now)
        default: queue.connected(id)
        }
    }

    private mutating func end() {
        guard let id = visits.keys.sorted().randomElement(using: &random) else { return }
        visits[id] = nil
        plans[id]?.due = now + .seconds(Int.random(in: 1...20, using: &random))
        plans[id]?.isFailing = Int.random(in: 0..<4, using: &random) == 0
        if let plan = plans[id] { queue.set(plan, for: id) }
        queue.ended(id, [.recorded, .interrupted, .again(VisitQueue.Retry())].randomElement(using: &random)!)
    }

    private mutating func start() {
        let warm = Set(plans.keys.sorted().filter { _ in Bool.random(using: &random) })
        for start in queue.decide(at: now, isWarm: { warm.contains($0) }).starts {
            if visits[start.id] != nil { violations.append("\(start.id) is visited twice") }
            let bastion = plans[start.id]?.bastion
            visits[start.id] = (plans[start.id]?.isFailing == true, start.mayShakeHands ? bastion : nil)
            visited.insert(start.id)
        }
    }

    private mutating func watch() {
        if visits.count > 10 { violations.append("\(visits.count) visits") }
        if visits.values.count(where: \.isFailing) > 4 { violations.append("too many failing ones") }
        let handshakes = Dictionary(grouping: visits.values.compactMap(\.handshake), by: \.self)
        for (bastion, permits) in handshakes where permits.count > 2 { violations.append("\(bastion) is crowded") }
    }
}

/// Random numbers that are the same every time.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
