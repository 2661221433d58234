import Domain
import Foundation
import Store
import Testing

@testable import Sync

@Suite("Forced syncs", .timeLimit(.minutes(1)))
struct ForceSyncTests {
    private let id = PartnerID.named("a")

    private func beat(isActive: Bool = true, _ body: (Heart) async throws -> Void) async throws {
        try await Heart.beat { store, now in
            try await store.add("a", isActive: isActive, due: nil, at: now)
            try await store.schedule(id, at: isActive ? now + 100 : nil)
        } _: { heart in
            try await body(heart)
        }
    }

    @Test("It names the partner, and an unknown one is not found")
    func names() async throws {
        try await beat { heart in
            let name = try await heart.engine.forceSync(id)
            #expect(name == "a")
            await #expect(throws: SyncError.self) { _ = try await heart.engine.forceSync(.named("nobody")) }
        }
    }

    @Test("While connecting, all requests join the visit under way")
    func joinsWhileConnecting() async throws {
        try await beat { heart in
            let gate = Gate()
            heart.gateway.script(.connect, of: id, .waits(gate))
            for _ in 0..<5 { _ = try await heart.engine.forceSync(id) }
            await heart.gateway.awaits(.connect, of: id)
            for _ in 0..<5 { _ = try await heart.engine.forceSync(id) }
            gate.open()
            try await heart.settled(id)
            #expect(heart.gateway.count(.read, of: id) == 1)
        }
    }

    @Test("While reading, all requests together make one more visit")
    func followsWhileReading() async throws {
        try await beat { heart in
            let gate = Gate()
            heart.gateway.script(.read, of: id, .waits(gate))
            _ = try await heart.engine.forceSync(id)
            await heart.gateway.awaits(.read, of: id)
            for _ in 0..<5 { _ = try await heart.engine.forceSync(id) }
            gate.open()
            await heart.gateway.awaits(.read, of: id, count: 2)
            try await heart.settled(id)
            #expect(heart.gateway.count(.read, of: id) == 2)
        }
    }

    @Test("An inactive partner is visited once and stays unscheduled")
    func inactive() async throws {
        try await beat(isActive: false) { heart in
            _ = try await heart.engine.forceSync(id)
            let standing = try await heart.awaits(id) { $0.sync.status == .success }
            #expect(standing.sync.nextSyncAt == nil)
            heart.clock.advance(by: .seconds(7_200))
            _ = try await heart.engine.forceSync(id)
            await heart.gateway.awaits(.read, of: id, count: 2)
            try await heart.settled(id)
            #expect(heart.gateway.count(.read, of: id) == 2)
        }
    }

    @Test("A refresh visits every active partner once")
    func refreshAll() async throws {
        try await Heart.beat { store, now in
            for index in 0..<8 { try await store.add("p\(index)", isActive: index != 7, due: nil, at: now) }
            for index in 0..<7 { try await store.schedule(.named("p\(index)"), at: now + 100) }
        } _: { heart in
            #expect(await heart.engine.refreshAll() == 7)
            for index in 0..<7 { await heart.gateway.awaits(.read, of: .named("p\(index)")) }
            for index in 0..<7 { try await heart.awaits(.named("p\(index)")) { $0.sync.status == .success } }
            #expect(heart.gateway.count(.read) == 7)
        }
    }

    @Test("It works while scheduled visits are switched off, which then visit nobody")
    func withoutAutoRefresh() async throws {
        try await beat { heart in
            try await heart.engine.updateSettings { settings in settings.autoRefreshEnabled = false }
            #expect(try heart.standing(id).sync.nextSyncAt == nil)
            heart.clock.advance(by: .seconds(7_200))
            _ = try await heart.engine.forceSync(id)
            try await heart.awaits(id) { $0.sync.status == .success }
            heart.clock.advance(by: .seconds(7_200))
            try await heart.engine.updateSettings { settings in settings.autoRefreshEnabled = true }
            await heart.gateway.awaits(.read, of: id, count: 2)
            #expect(heart.gateway.count(.read, of: id) == 2)
        }
    }

    @Test("Two silent partners being tested do not keep a forced sync from a regular slot")
    func operatorsOverflow() async throws {
        try await Heart.beat { store, now in
            for name in ["s1", "s2", "a"] { try await store.add(name, due: nil, at: now) }
            for name in ["s1", "s2", "a"] { try await store.schedule(.named(name), at: now + 100) }
        } _: { heart in
            for name in ["s1", "s2"] {
                heart.gateway.script(.connect, of: .named(name), .isSilent)
                _ = try await heart.engine.forceSync(.named(name))
                await heart.gateway.awaits(.connect, of: .named(name))
            }
            _ = try await heart.engine.forceSync(id)
            try await heart.awaits(id) { $0.sync.status == .success }
        }
    }
}
