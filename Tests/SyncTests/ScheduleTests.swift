import Domain
import Foundation
import Store
import TestSupport
import Testing

@testable import Sync

@Suite("Who is visited when", .timeLimit(.minutes(1)))
struct ScheduleTests {
    @Test("A silent partner costs one slot")
    func silentPartner() async throws {
        try await Heart.beat { store, now in
            _ = try await store.updateSettings(at: now) { settings in settings.concurrentPartnerLimit = 2 }
            try await store.add("silent", due: now + 1, at: now)
            for index in 0..<10 { try await store.add("p\(index)", due: now + 2, at: now) }
        } _: { heart in
            heart.gateway.script(.connect, of: .named("silent"), .isSilent)
            heart.clock.advance(by: .seconds(1))
            await heart.gateway.awaits(.connect, of: .named("silent"))
            heart.clock.advance(by: .seconds(1))
            for index in 0..<10 { try await heart.awaits(.named("p\(index)")) { $0.sync.status == .success } }
            #expect(try heart.standing(.named("silent")).sync.status == .inProgress)
        }
    }

    @Test("Of 20 partners 5 never answer: the others stay fresh", arguments: [16, 4])
    func fiveSilent(slots: Int) async throws {
        let healthy = (5..<20).map { PartnerID.named("p\($0)") }
        try await Heart.beat { store, now in
            _ = try await store.updateSettings(at: now) { settings in settings.concurrentPartnerLimit = slots }
            for index in 0..<20 { try await store.add("p\(index)", due: now + 1, at: now) }
        } _: { heart in
            for index in 0..<5 { heart.gateway.script(.connect, of: .named("p\(index)"), .isSilent) }
            heart.clock.advance(by: .seconds(1))
            // The first sweep, in which nobody knows yet who is silent.
            for index in 0..<4 { await heart.gateway.awaits(.connect, of: .named("p\(index)")) }
            heart.clock.advance(by: .seconds(31))
            for id in healthy { try await heart.awaits(id) { $0.snapshot != nil } }
            for _ in 0..<240 {
                heart.clock.advance(by: .seconds(2))
                for id in healthy { try await heart.settled(id) }
                let oldest = healthy.compactMap { heart.engine.picture.standing(of: $0)?.snapshot?.time }.min()
                #expect(heart.day.now.timeIntervalSince(try #require(oldest)) <= 122)
            }
            #expect(heart.gateway.count(.connect, of: .named("p0")) >= 3, "the silent ones are still tried")
        }
    }

    @Test("A restart visits only who is due, and a late partner once")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        try await Heart.beat(in: directory) { store, now in
            try await store.add("late", due: now - 1_000, at: now)
            try await store.add("due", due: now, at: now)
            try await store.add("later", due: now + 50, at: now)
            try await store.add("off", isActive: false, due: nil, at: now)
        } _: { heart in
            for name in ["late", "due"] { try await heart.awaits(.named(name)) { $0.sync.status == .success } }
            #expect(heart.gateway.count(.read) == 2)
            heart.clock.advance(by: .seconds(50))
            await heart.gateway.awaits(.read, of: .named("later"))
        }
    }

    @Test("Partners that were all due at once are spread over the interval from their first visit on")
    func spread() async throws {
        let names = (0..<60).map { "p\($0)" }
        try await Heart.beat { store, now in
            for name in names { try await store.add(name, due: now, at: now) }
        } _: { heart in
            var tenths: Set<Int> = []
            for name in names {
                let standing = try await heart.awaits(.named(name)) { $0.sync.status == .success }
                let pause = try #require(standing.sync.nextSyncAt).timeIntervalSince(heart.day.now)
                #expect(pause > 0 && pause <= 120)
                tenths.insert(Int(pause / 12))
            }
            #expect(tenths.count >= 9)
        }
    }

    @Test("A shorter interval pulls due times in at once")
    func interval() async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            _ = try await store.updateSettings(at: now) { settings in settings.refreshInterval = 3_600 }
            try await store.add("a", due: now + 3_000, at: now)
        } _: { heart in
            try await heart.engine.updateSettings { settings in settings.refreshInterval = 10 }
            let next = try #require(try heart.standing(id).sync.nextSyncAt)
            #expect(next <= heart.day.now + 10)
            heart.clock.advance(by: .seconds(10))
            try await heart.awaits(id) { $0.sync.status == .success }
        }
    }

    @Test("A raised limit lets waiting partners begin at once")
    func limit() async throws {
        try await Heart.beat { store, now in
            _ = try await store.updateSettings(at: now) { settings in settings.concurrentPartnerLimit = 1 }
            for name in ["a", "b"] { try await store.add(name, due: now + 1, at: now) }
        } _: { heart in
            for name in ["a", "b"] { heart.gateway.script(.read, of: .named(name), .waits(Gate())) }
            heart.clock.advance(by: .seconds(1))
            await heart.gateway.awaits(.read, of: .named("a"))
            #expect(heart.gateway.running(.read) == 1)
            try await heart.engine.updateSettings { settings in settings.concurrentPartnerLimit = 2 }
            await heart.gateway.awaits(.read, of: .named("b"))
            #expect(heart.gateway.running(.read) == 2)
        }
    }

    @Test("A clock set back by a day stops nobody")
    func clockSetBack() async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            try await store.add("a", due: now + 60, at: now)
        } _: { heart in
            heart.day.jump(by: -86_400)
            for count in 1...4 {
                heart.clock.advance(by: .seconds(120))
                await heart.gateway.awaits(.read, of: id, count: count)
                try await heart.settled(id)
            }
        }
    }

    @Test("Fifty partners behind one bastion shake hands two at a time")
    func bastion() async throws {
        let names = (0..<50).map { "p\($0)" }
        try await Heart.beat { store, now in
            _ = try await store.updateSettings(at: now) { settings in settings.concurrentPartnerLimit = 64 }
            for name in names { try await store.add(name, bastion: "one", due: now + 1, at: now) }
        } _: { heart in
            heart.clock.advance(by: .seconds(1))
            for name in names { try await heart.awaits(.named(name)) { $0.sync.status == .success } }
            #expect(heart.gateway.peak(.connect) <= 2)
            #expect(heart.gateway.count(.connect) == 50)
        }
    }

    @Test("Fifty partners behind a dead bastion make few attempts, and all come back when it does")
    func deadBastion() async throws {
        let names = (0..<50).map { "p\($0)" }
        try await Heart.beat { store, now in
            for name in names { try await store.add(name, bastion: "one", due: now + 1, at: now) }
        } _: { heart in
            for name in names { heart.gateway.script(.connect, of: .named(name), .fails(.sshRefused)) }
            for _ in 0..<60 {
                heart.clock.advance(by: .seconds(10))
                _ = try await eventually { heart.gateway.running(.connect) == 0 ? true : nil }
            }
            #expect(heart.gateway.count(.connect) < 20, "in ten minutes")
            for name in names { heart.gateway.script(.connect, of: .named(name), .works) }
            heart.clock.advance(by: .seconds(120))
            for name in names {
                _ = try await eventually { heart.gateway.count(.read, of: .named(name)) > 0 ? true : nil }
                heart.clock.advance(by: .seconds(10))
            }
        }
    }

    @Test("What is older than the retention is removed at start and hourly")
    func retention() async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            try await store.add("a", isActive: false, due: nil, at: now)
            for age in [89.99, 91] { try await store.log(.sample(of: id, at: now - age * 86_400)) }
        } _: { heart in
            let logs = { @Sendable in try await heart.store.connectionLogs(of: id, limit: 9).count }
            _ = try await eventually { try await logs() == 1 ? true : nil }
            _ = try await eventually {
                heart.clock.advance(by: .seconds(3_600))
                return try await logs() == 0 ? true : nil
            }
        }
    }
}

extension ConnectionLog {
    fileprivate static func sample(of id: PartnerID, at time: Date) -> ConnectionLog {
        ConnectionLog(
            id: UUID().uuidString, partnerID: id, operation: .test, status: .success, time: time,
            responseMilliseconds: 1, errorMessage: nil)
    }
}
