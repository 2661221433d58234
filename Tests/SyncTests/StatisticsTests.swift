import Domain
import Foundation
import Partners
import TestSupport
import Testing

@testable import Store
@testable import Sync

@Suite("Statistics", .timeLimit(.minutes(1)))
struct StatisticsTests {
    private static let counts: PeriodStatistics = {
        var counts = PeriodStatistics()
        counts.calls.add(5, of: "ENDED")
        return counts
    }()

    private func period(_ start: String = "2024-11-01", _ end: String = "2024-11-30") throws -> Period {
        try Period(from: #require(CalendarDate(start)), to: #require(CalendarDate(end)))
    }

    /// An engine with these partners, behind a bastion each if named so, none of them due.
    private func beat(
        _ names: [String], inactive: String? = nil, bastion: String? = nil, _ body: (Heart) async throws -> Void
    ) async throws {
        try await Heart.beat { store, now in
            if let inactive { try await store.add(inactive, isActive: false, due: nil, at: now) }
            for name in names { try await store.add(name, bastion: bastion, due: now + 3_600, at: now) }
        } _: { heart in
            for name in names { heart.gateway.setStatistics(Self.counts, of: .named(name)) }
            try await body(heart)
        }
    }

    @Test("Every active partner's are read, by name")
    func all() async throws {
        try await beat(["b", "a", "c"], inactive: "off") { heart in
            let found = try await heart.engine.statistics(in: period())
            #expect(found.map(\.name) == ["a", "b", "c"])
            #expect(try found.allSatisfy { try $0.result.get() == Self.counts })
        }
    }

    @Test("An unknown partner is not found")
    func unknown() async throws {
        try await beat(["a"]) { heart in
            await #expect(throws: SyncError.self) {
                try await heart.engine.statistics(of: .named("x"), in: period())
            }
        }
    }

    @Test("Those who ask for the same at the same time share one execution, and later ones do not")
    func shared() async throws {
        try await beat(["a"]) { heart in
            let (id, gate) = (PartnerID.named("a"), Gate())
            heart.gateway.script(.readPeriod, of: id, .waits(gate))
            try await withThrowingTaskGroup(of: PeriodStatistics.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await heart.engine.statistics(of: id, in: period()).result.get() }
                }
                group.addTask { try await heart.engine.statistics(in: period())[0].result.get() }
                await heart.gateway.awaits(.readPeriod, of: id)
                try await Task.sleep(for: .milliseconds(100))
                gate.open()
                for try await counts in group { #expect(counts == Self.counts) }
            }
            #expect(heart.gateway.count(.readPeriod, of: id) == 1)
            _ = try await heart.engine.statistics(of: id, in: period())
            #expect(heart.gateway.count(.readPeriod, of: id) == 2)
        }
    }

    @Test("Another period is another execution, one after the other at the same partner")
    func otherPeriod() async throws {
        try await beat(["a"]) { heart in
            let (id, gate) = (PartnerID.named("a"), Gate())
            heart.gateway.script(.readPeriod, of: id, .waits(gate))
            async let first = heart.engine.statistics(of: id, in: period())
            await heart.gateway.awaits(.readPeriod, of: id)
            async let second = heart.engine.statistics(of: id, in: period("2024-10-01"))
            try await Task.sleep(for: .milliseconds(100))
            #expect(heart.gateway.count(.readPeriod, of: id) == 1)
            gate.open()
            _ = try await (first.result.get(), second.result.get())
            #expect(heart.gateway.count(.readPeriod, of: id) == 2)
            #expect(heart.gateway.peak(.readPeriod) == 1)
        }
    }

    @Test("Who gives up leaves the others waiting; when the last does, the execution ends and frees its place")
    func givingUp() async throws {
        try await beat(["a"]) { heart in
            let id = PartnerID.named("a")
            heart.gateway.script(.readPeriod, of: id, .waits(Gate()))
            let first = Task { try await heart.engine.statistics(of: id, in: period()) }
            await heart.gateway.awaits(.readPeriod, of: id)
            let second = Task { try await heart.engine.statistics(of: id, in: period()) }
            try await Task.sleep(for: .milliseconds(100))
            first.cancel()
            await #expect(throws: SyncError.self) { try await first.value }
            #expect(heart.gateway.running(.readPeriod) == 1)
            second.cancel()
            await #expect(throws: SyncError.self) { try await second.value }
            _ = try await eventually("the end") { heart.gateway.running(.readPeriod) == 0 ? true : nil }
            heart.gateway.script(.readPeriod, of: id, .works)
            let again = try await heart.engine.statistics(of: id, in: period())
            #expect(try again.result.get() == Self.counts)
        }
    }

    @Test("At most 16 partners are read at the same time, and no visit waits for one of them")
    func bulkhead() async throws {
        let names = (10..<40).map { "p\($0)" }
        try await beat(names) { heart in
            let gate = Gate()
            for name in names { heart.gateway.script(.readPeriod, of: .named(name), .waits(gate)) }
            async let found = heart.engine.statistics(in: period())
            _ = try await eventually("all places taken") { heart.gateway.running(.readPeriod) == 16 ? true : nil }
            for name in names { _ = try await heart.engine.forceSync(.named(name)) }
            for name in names { try await heart.awaits(.named(name)) { $0.sync.status == .success } }
            gate.open()
            #expect(try await found.count == 30)
            #expect(heart.gateway.peak(.readPeriod) == 16)
        }
    }

    @Test("Silent partners cost their own time limits and nobody else's")
    func silent() async throws {
        let names = (10..<60).map { "p\($0)" }
        try await beat(names) { heart in
            heart.gateway.script(.connectForStatistics, of: .named("p30"), .isSilent)
            async let found = heart.engine.statistics(in: period())
            _ = try await eventually("49 read") { heart.gateway.count(.readPeriod) == 49 ? true : nil }
            heart.clock.advance(by: .seconds(30))
            let failed = try await found.filter { (try? $0.result.get()) == nil }
            #expect(failed.map(\.name) == ["p30"])
            #expect(throws: VisitError.timeout) { try failed.first?.result.get() }
        }
    }

    @Test("After 55 s whoever is not done is told so, and everything they held is free")
    func wholeRequest() async throws {
        try await beat(["a", "b"]) { heart in
            heart.gateway.script(.readPeriod, of: .named("a"), .waits(Gate()))
            async let found = heart.engine.statistics(in: period())
            await heart.gateway.awaits(.readPeriod, of: .named("a"))
            await heart.gateway.awaits(.readPeriod, of: .named("b"))
            try await Task.sleep(for: .milliseconds(100))
            heart.clock.advance(by: .seconds(55))
            let both = try await found
            let error = #expect(throws: VisitError.self) { try both[0].result.get() }
            #expect(error?.message == "Not done within the 55 s of a request")
            let counts = try both[1].result.get()
            #expect(counts == Self.counts)
            _ = try await eventually("the end") { heart.gateway.running(.readPeriod) == 0 ? true : nil }
        }
    }

    @Test("A session that was dead is replaced once, a second time it is a failure", arguments: [false, true])
    func stale(isAlwaysDead: Bool) async throws {
        try await beat(["a"]) { heart in
            let (id, first, second) = (PartnerID.named("a"), Gate(), Gate())
            heart.gateway.script(.readPeriod, of: id, .fails(.stale))
            heart.gateway.script(.connectForStatistics, of: id, .waits(first))
            async let found = heart.engine.statistics(of: id, in: period())
            await heart.gateway.awaits(.connectForStatistics, of: id)
            heart.gateway.script(.connectForStatistics, of: id, .waits(second))
            first.open()
            await heart.gateway.awaits(.connectForStatistics, of: id, count: 2)
            if !isAlwaysDead { heart.gateway.script(.readPeriod, of: id, .works) }
            second.open()
            let result = try await found.result
            #expect(result == (isAlwaysDead ? .failure(.stale) : .success(Self.counts)))
            #expect(heart.gateway.count(.readPeriod, of: id) == 2)
            #expect(heart.gateway.count(.connectForStatistics, of: id) == 2)
        }
    }

    @Test("Statistics shake hands with a bastion one at a time, and pins the key that is seen first")
    func handshakes() async throws {
        let names = (10..<20).map { "p\($0)" }
        let key = HostKeyPin(keyType: "ssh-ed25519", fingerprint: "SHA256:" + String(repeating: "A", count: 43))
        try await beat(names, bastion: "one") { heart in
            for name in names { heart.gateway.setHostKey(key, of: .named(name)) }
            let found = try await heart.engine.statistics(in: period())
            #expect(try found.allSatisfy { try $0.result.get() == Self.counts })
            #expect(heart.gateway.peak(.connectForStatistics) == 1)
            let pins = try await heart.store.partners().map(\.partner.configuration.ssh.hostKey)
            #expect(pins.allSatisfy { $0 == key })
        }
    }

    @Test("While one statistic shakes hands, a visit still may; through open tunnels all go at once")
    func sparePermit() async throws {
        try await beat(["a", "b", "c"], bastion: "one") { heart in
            let gate = Gate()
            for name in ["a", "b"] { heart.gateway.script(.connectForStatistics, of: .named(name), .waits(gate)) }
            async let found = heart.engine.statistics(in: period())
            _ = try await eventually("a handshake") { heart.gateway.running(.connectForStatistics) == 1 ? true : nil }
            _ = try await heart.engine.forceSync(.named("c"))
            try await heart.awaits(.named("c")) { $0.sync.status == .success }
            for name in ["a", "b", "c"] { heart.gateway.setTunnelOpen(true, to: .named(name)) }
            _ = try await heart.engine.forceSync(.named("c"))
            _ = try await eventually("both") { heart.gateway.running(.connectForStatistics) == 2 ? true : nil }
            gate.open()
            #expect(try await found.allSatisfy { try $0.result.get() == Self.counts })
        }
    }

    @Test("A bastion that cannot be reached is asked once, and the rest are told at once")
    func deadBastion() async throws {
        let names = (10..<20).map { "p\($0)" }
        try await beat(names, bastion: "one") { heart in
            for name in names { heart.gateway.script(.connectForStatistics, of: .named(name), .fails(.sshRefused)) }
            let found = try await heart.engine.statistics(in: period())
            let messages = found.compactMap { if case .failure(let error) = $0.result { error.message } else { nil } }
            #expect(messages.count == 10)
            #expect(heart.gateway.count(.connectForStatistics) == 1)
            #expect(messages.filter { $0.hasSuffix("could not be reached; the next attempt is in 10 s") }.count == 9)
        }
    }

    @Test("While visits rest after a refused login, statistics do not insist")
    func refusedLogin() async throws {
        try await beat(["a"]) { heart in
            let id = PartnerID.named("a")
            heart.gateway.script(.connect, of: id, .fails(.accessDenied))
            _ = try await heart.engine.forceSync(id)
            try await heart.awaits(id) { $0.sync.status == .failed }
            let result = try await heart.engine.statistics(of: id, in: period()).result
            guard case .failure(let error) = result else { throw SyncError.interrupted }
            #expect(error.message == VisitError.accessDenied.message)
            #expect(heart.gateway.count(.connectForStatistics) == 0)
        }
    }

    @Test("A secret that cannot be read is the answer")
    func damagedSecret() async throws {
        try await beat(["a"]) { heart in
            _ = try await heart.store.database.transaction { (session) throws(StoreError) in
                try session.execute("UPDATE secrets SET sealed = x'00' WHERE field = 'databasePassword'", arguments: [])
            }
            let found = try await heart.engine.statistics(in: period())
            #expect(throws: VisitError.damagedSecret("databasePassword")) { try found[0].result.get() }
        }
    }

    @Test("Sessions are looked after once statistics were read, until none is left")
    func idleSessions() async throws {
        try await beat(["a"]) { heart in
            heart.gateway.setIdleRests([.seconds(60), .seconds(20)])
            #expect(heart.gateway.count(.tidyUpStatistics) == 0)
            _ = try await heart.engine.statistics(of: .named("a"), in: period())
            for (count, pause) in [(1, 60), (2, 20), (3, 600)] {
                await heart.gateway.awaits(.tidyUpStatistics, of: PartnerID(""), count: count)
                try await Task.sleep(for: .milliseconds(100))
                heart.clock.advance(by: .seconds(pause))
            }
            try await Task.sleep(for: .milliseconds(100))
            #expect(heart.gateway.count(.tidyUpStatistics) == 3)
        }
    }

    @Test("When the engine ends, whoever waits is told so")
    func stop() async throws {
        let heart = try await Heart(in: TemporaryDirectory()) { store, now in
            try await store.add("a", due: now + 3_600, at: now)
        }
        heart.gateway.script(.readPeriod, of: .named("a"), .waits(Gate()))
        let run = Task { try await heart.engine.run() }
        let waiting = Task { try await heart.engine.statistics(of: .named("a"), in: period()) }
        await heart.gateway.awaits(.readPeriod, of: .named("a"))
        run.cancel()
        await #expect(throws: SyncError.self) { try await waiting.value }
        _ = await run.result
        await #expect(throws: SyncError.self) {
            try await heart.engine.statistics(of: .named("a"), in: period())
        }
        await heart.store.close()
    }
}
