import Domain
import Foundation
import Logging
import ServiceLifecycle
import Store
import Synchronization
import TestSupport
import Testing

@testable import Sync

@Suite("A change for which an operator waits", .timeLimit(.minutes(1)))
struct ChangeTests {
    private let id = PartnerID.named("a")
    private let confirmed = ChangeFate.confirmed(isUnaudited: false)

    /// A partner with limit 10 that is due in a second, if active.
    private func beat(isActive: Bool = true, _ body: (Heart) async throws -> Void) async throws {
        try await Heart.beat { store, now in
            try await store.add("a", isActive: isActive, due: isActive ? now + 1 : nil, at: now)
        } _: { heart in
            heart.gateway.setReading(MetricsReading(metrics: .plain(), partnerLimit: 10, partnerPause: false), of: id)
            try await body(heart)
        }
    }

    private func history(_ heart: Heart) async throws -> [String] {
        try await heart.store.changes(of: id, limit: 9).map { row in
            "\(row.old.settingValue)→\(row.new.settingValue) \(row.changedBy) \(row.syncedAt == nil ? "not" : "synced")"
        }
    }

    @Test("It is confirmed once the partner has it, and shown so before the answer")
    func confirms() async throws {
        try await beat { heart in
            let fate = try await heart.engine.change(id, to: .concurrencyLimit(20), by: "ann", reason: "peak")
            #expect(fate == confirmed)
            let standing = try heart.standing(id)
            #expect(standing.partner.configuration.concurrencyLimit == 20 && standing.pending.isEmpty)
            #expect(heart.gateway.calls(.apply, of: id).map(\.change) == [.concurrencyLimit(20)])
            #expect(try await history(heart) == ["10→20 ann synced"])
            #expect(try await heart.store.changes(of: id, limit: 1).first?.reason == "peak")
        }
    }

    @Test("The answer does not wait for the numbers that are read next")
    func answersBeforeRead() async throws {
        try await beat { heart in
            heart.gateway.script(.read, of: id, .waits(Gate()))
            let fate = try await heart.engine.change(id, to: .pauseNonPriorityCampaigns(true), by: "ann")
            #expect(fate == confirmed)
        }
    }

    @Test("A partner that keeps no record of changes is told apart")
    func unaudited() async throws {
        try await beat { heart in
            heart.gateway.setApplied(
                AppliedChange(previousValue: "10", wasInForce: false, isUnaudited: true), of: id)
            let fate = try await heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            #expect(fate == .confirmed(isUnaudited: true))
        }
    }

    @Test(
        "What the partner or the way to it refuses is told in its own words, at once, and stays pending",
        arguments: [
            (.connect, .refused), (.connect, .accessDenied), (.apply, .noRight), (.apply, .refused),
        ] as [(ScriptedGateway.Verb, VisitError)])
    func refused(verb: ScriptedGateway.Verb, error: VisitError) async throws {
        try await beat { heart in
            heart.gateway.script(verb, of: id, .fails(error))
            let fate = try await heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            #expect(fate == .pending(error.message))
            #expect(try heart.standing(id).pending.map(\.error) == [error.message])
            #expect(try await history(heart) == ["10→20 ann not"])
        }
    }

    @Test("A silent partner is waited for less than 10 s, and the visit goes on")
    func silent() async throws {
        try await beat { heart in
            heart.gateway.script(.connect, of: id, .isSilent)
            async let fate = heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            await heart.gateway.awaits(.connect, of: id)
            heart.clock.advance(by: .milliseconds(9_900))
            let answer = try await fate
            #expect(answer == .pending("The partner has not confirmed the change yet"))
            #expect(heart.gateway.running(.connect) == 1)
            #expect(try heart.standing(id).pending.map(\.change) == [.concurrencyLimit(20)])
        }
    }

    @Test("A visit that is reading is waited for, and what it read does not count")
    func duringRead() async throws {
        try await beat { heart in
            let gate = Gate()
            heart.gateway.script(.read, of: id, .waits(gate))
            heart.clock.advance(by: .seconds(1))
            await heart.gateway.awaits(.read, of: id)
            async let fate = heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            try await heart.awaits(id) { !$0.pending.isEmpty }
            gate.open()
            #expect(try await fate == confirmed)
            #expect(try heart.standing(id).partner.configuration.concurrencyLimit == 20)
            #expect(try await history(heart) == ["10→20 ann synced"])
        }
    }

    @Test("A visit that had begun before and fails is not the answer: another follows it")
    func runningVisitFails() async throws {
        try await beat { heart in
            try await heart.engine.updateSettings { $0.connectionTimeout = 5 }
            heart.gateway.script(.connect, of: id, .isSilent)
            heart.clock.advance(by: .seconds(1))
            await heart.gateway.awaits(.connect, of: id)
            heart.clock.advance(by: .seconds(1))
            async let fate = heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            try await heart.awaits(id) { !$0.pending.isEmpty }
            heart.gateway.script(.connect, of: id, .works)
            heart.clock.advance(by: .seconds(4))
            #expect(try await fate == confirmed)
            #expect(heart.gateway.count(.connect, of: id) == 2)
        }
    }

    @Test("Of two operators the earlier is told of the later, and only the later's value reaches the partner")
    func twoOperators() async throws {
        try await beat { heart in
            let gate = Gate()
            heart.gateway.script(.connect, of: id, .waits(gate))
            async let first = heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            async let other = heart.engine.change(id, to: .pauseNonPriorityCampaigns(true), by: "cleo")
            try await heart.awaits(id) { $0.pending.count == 2 }
            async let second = heart.engine.change(id, to: .concurrencyLimit(30), by: "bob")
            #expect(try await first == .replaced)
            gate.open()
            #expect(try await second == confirmed)
            #expect(try await other == confirmed)
            #expect(
                Set(heart.gateway.calls(.apply, of: id).map(\.change))
                    == [.concurrencyLimit(30), .pauseNonPriorityCampaigns(true)])
            #expect(
                try await Set(history(heart)) == ["10→20 ann not", "20→30 bob synced", "false→true cleo synced"])
        }
    }

    @Test("An edit of the partner replaces it, too")
    func replacedByEdit() async throws {
        try await beat { heart in
            heart.gateway.script(.connect, of: id, .waits(Gate()))
            async let fate = heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            try await heart.awaits(id) { !$0.pending.isEmpty }
            var patch = PartnerPatch()
            patch.concurrencyLimit = 30
            try await heart.engine.update(id, with: patch, by: "bob")
            #expect(try await fate == .replaced)
        }
    }

    @Test("A hundred changes at once all get an answer, and the partner ends with the value on file")
    func many() async throws {
        try await beat { heart in
            let fates = try await withThrowingTaskGroup(of: ChangeFate.self) { group in
                for limit in 101...200 {
                    group.addTask { try await heart.engine.change(id, to: .concurrencyLimit(limit), by: "ann") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(fates.count == 100 && fates.allSatisfy { $0 == confirmed || $0 == .replaced })
            let standing = try await heart.awaits(id) { $0.pending.isEmpty }
            let last = heart.gateway.calls(.apply, of: id).last?.change
            #expect(last == .concurrencyLimit(standing.partner.configuration.concurrencyLimit))
            #expect(heart.engine.state.withLock { $0.watches.isEmpty })
        }
    }
}

extension ChangeTests {
    @Test("A value that is on file is verified, and no change if the partner has it")
    func equal() async throws {
        try await beat { heart in
            heart.gateway.setApplied(AppliedChange(previousValue: "10", wasInForce: true, isUnaudited: false), of: id)
            let fate = try await heart.engine.change(id, to: .concurrencyLimit(10), by: "ann")
            #expect(fate == confirmed)
            #expect(heart.gateway.calls(.apply, of: id).map(\.change) == [.concurrencyLimit(10)])
            #expect(try await history(heart) == [])
            #expect(try heart.standing(id).pending.isEmpty)
        }
    }

    @Test("A value that is on file and not the partner's any more is written, which is a change")
    func equalHereOnly() async throws {
        try await beat { heart in
            heart.gateway.setApplied(AppliedChange(previousValue: "7", wasInForce: false, isUnaudited: false), of: id)
            let fate = try await heart.engine.change(id, to: .concurrencyLimit(10), by: "ann")
            #expect(fate == confirmed)
            #expect(try await history(heart) == ["7→10 ann synced"])
        }
    }

    @Test("A value that is on file and cannot be verified stays pending, so that the partner's is not taken over")
    func equalButUnreachable() async throws {
        try await beat { heart in
            heart.gateway.script(.apply, of: id, .fails(.noRight))
            heart.gateway.setReading(
                MetricsReading(metrics: .plain(limit: 7), partnerLimit: 7, partnerPause: false), of: id)
            let fate = try await heart.engine.change(id, to: .concurrencyLimit(10), by: "ann")
            #expect(fate == .pending(VisitError.noRight.message))
            let standing = try await heart.awaits(id) { $0.snapshot != nil && $0.sync.status == .success }
            #expect(standing.partner.configuration.concurrencyLimit == 10)
            #expect(standing.pending.map(\.change) == [.concurrencyLimit(10)])
            #expect(try await history(heart) == [])
        }
    }

    @Test("A value that waits already is tried again now, and stays one change")
    func waitsAlready() async throws {
        try await beat { heart in
            heart.gateway.script(.connect, of: id, .fails(.refused))
            let first = try await heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            #expect(first == .pending(VisitError.refused.message))
            try await heart.settled(id)
            heart.gateway.script(.connect, of: id, .works)
            let fate = try await heart.engine.change(id, to: .concurrencyLimit(20), by: "bob")
            #expect(fate == confirmed)
            #expect(try await history(heart) == ["10→20 ann synced"])
        }
    }

    @Test("After a refused login an operator's change is tried at once")
    func afterRefusedLogin() async throws {
        try await beat { heart in
            heart.gateway.script(.connect, of: id, .fails(.accessDenied))
            heart.clock.advance(by: .seconds(1))
            try await heart.awaits(id) { $0.sync.status == .failed }
            heart.gateway.script(.connect, of: id, .works)
            let fate = try await heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            #expect(fate == confirmed)
        }
    }

    @Test("An inactive partner is tried once", arguments: [true, false])
    func inactive(isReachable: Bool) async throws {
        try await beat(isActive: false) { heart in
            if !isReachable { heart.gateway.script(.connect, of: id, .fails(.refused)) }
            let fate = try await heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            #expect(fate == (isReachable ? confirmed : .pending(VisitError.refused.message)))
            try await heart.awaits(id) { $0.sync.status != .inProgress }
            heart.clock.advance(by: .seconds(7_200))
            #expect(try heart.standing(id).sync.nextSyncAt == nil)
            #expect(heart.gateway.count(.connect, of: id) == 1)
            guard !isReachable else { return }
            heart.gateway.script(.connect, of: id, .works)
            _ = try await heart.engine.forceSync(id)
            try await heart.awaits(id) { $0.pending.isEmpty }
        }
    }

    @Test("During a connection test it waits for the partner")
    func duringTest() async throws {
        try await beat { heart in
            let gate = Gate()
            heart.gateway.script(.check, of: id, .waits(gate))
            async let report = heart.engine.test(id)
            await heart.gateway.awaits(.check, of: id)
            async let fate = heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            try await heart.awaits(id) { !$0.pending.isEmpty }
            #expect(heart.gateway.count(.connect, of: id) == 0)
            gate.open()
            #expect(try await fate == confirmed)
            _ = try await report
        }
    }

    @Test("Whoever is cancelled waits no longer, and the change is not lost")
    func cancelled() async throws {
        try await beat { heart in
            heart.gateway.script(.connect, of: id, .waits(Gate()))
            let asking = Task { try await heart.engine.change(id, to: .concurrencyLimit(20), by: "ann") }
            await heart.gateway.awaits(.connect, of: id)
            asking.cancel()
            let fate = try await asking.value
            #expect(fate != confirmed && fate != .replaced)
            #expect(try await heart.store.partner(id: id)?.pending.map(\.change) == [.concurrencyLimit(20)])
            #expect(heart.engine.state.withLock { $0.watches.isEmpty })
        }
    }

    @Test("When the server stops, the answer comes at once, and the next start writes the change")
    func stopping() async throws {
        let heart = try await Heart(in: TemporaryDirectory()) { store, now in
            try await store.add("a", due: now + 100, at: now)
        }
        heart.gateway.script(.connect, of: id, .waits(Gate()))
        let operation = AskingService(engine: heart.engine, id: id)
        let group = ServiceGroup(
            services: [heart.engine, operation], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        async let running: Void = group.run()
        await heart.gateway.awaits(.connect, of: id)
        await group.triggerGracefulShutdown()
        try await running
        #expect(
            operation.fate.withLock { $0 }
                == .pending("The server is stopping; the change is written after its next start"))
        await heart.store.close()
        try await Heart.beat(in: heart.directory) { next in
            try await next.awaits(id) { $0.pending.isEmpty && $0.sync.status == .success }
            #expect(next.gateway.calls(.apply, of: id).map(\.change) == [.concurrencyLimit(20)])
        }
    }

    @Test("A partner deleted meanwhile is not found")
    func deleted() async throws {
        try await beat { heart in
            heart.gateway.script(.connect, of: id, .waits(Gate()))
            let asking = Task { try await heart.engine.change(id, to: .concurrencyLimit(20), by: "ann") }
            await heart.gateway.awaits(.connect, of: id)
            try await heart.engine.delete(id)
            await #expect {
                try await asking.value
            } throws: { error in
                if case SyncError.partnerNotFound = error { true } else { false }
            }
        }
    }

    @Test("However often it fails and however long the interval, a change is tried again within the minute")
    func withinTheMinute() async throws {
        try await beat { heart in
            try await heart.engine.updateSettings { $0.refreshInterval = 3_600 }
            heart.gateway.script(.connect, of: id, .fails(.refused))
            _ = try await heart.engine.change(id, to: .concurrencyLimit(20), by: "ann")
            for failures in 1...8 {
                let standing = try await heart.awaits(id) {
                    $0.sync.consecutiveFailures == failures && $0.sync.status == .failed
                }
                #expect(try #require(standing.sync.nextSyncAt) <= heart.day.now + 60)
                heart.clock.advance(by: .seconds(60))
            }
        }
    }
}

/// Changes a limit once it runs, and keeps the answer.
private final class AskingService: Service {
    let fate = Mutex<ChangeFate?>(nil)
    private let engine: SyncEngine
    private let id: PartnerID

    init(engine: SyncEngine, id: PartnerID) {
        self.engine = engine
        self.id = id
    }

    func run() async throws {
        let answer = try await engine.change(id, to: .concurrencyLimit(20), by: "ann")
        fate.withLock { $0 = answer }
        // A service that returns while the group runs would end it.
        try await gracefulShutdown()
    }
}
