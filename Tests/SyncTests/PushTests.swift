import Domain
import Foundation
import Store
import Testing

@testable import Sync

@Suite("Pending changes", .timeLimit(.minutes(1)))
struct PushTests {
    private let id = PartnerID.named("a")

    private func beat(isActive: Bool = true, _ body: (Heart) async throws -> Void) async throws {
        try await Heart.beat { store, now in
            try await store.add("a", isActive: isActive, due: isActive ? now + 1 : nil, at: now)
        } _: { heart in
            heart.gateway.setReading(
                MetricsReading(metrics: .plain(), partnerLimit: 10, partnerPause: false), of: id)
            try await body(heart)
        }
    }

    private func limit(_ limit: Int) -> PartnerPatch {
        var patch = PartnerPatch()
        patch.concurrencyLimit = limit
        return patch
    }

    @Test("A new limit is pushed at once in the background")
    func push() async throws {
        try await beat { heart in
            heart.clock.advance(by: .seconds(1))
            try await heart.awaits(id) { $0.snapshot != nil }
            try await heart.engine.update(id, with: limit(20), by: "admin")
            await heart.gateway.awaits(.apply, of: id)
            let standing = try await heart.awaits(id) { $0.pending.isEmpty && $0.sync.status == .success }
            #expect(heart.gateway.calls(.apply, of: id).map(\.change) == [.concurrencyLimit(20)])
            #expect(standing.partner.configuration.concurrencyLimit == 20)
        }
    }

    @Test("What could not be pushed stays pending and is applied by a later visit, not overwritten by the old value")
    func appliedLater() async throws {
        try await beat { heart in
            heart.gateway.script(.connect, of: id, .fails(.refused))
            try await heart.engine.update(id, with: limit(20), by: "admin")
            let failed = try await heart.awaits(id) { $0.sync.status == .failed }
            #expect(failed.pending.map(\.change) == [.concurrencyLimit(20)])
            heart.gateway.script(.connect, of: id, .works)
            heart.clock.advance(by: .seconds(60))
            let standing = try await heart.awaits(id) { $0.sync.status == .success }
            #expect(standing.pending.isEmpty)
            #expect(standing.partner.configuration.concurrencyLimit == 20)
            #expect(heart.gateway.calls(.apply, of: id).map(\.change) == [.concurrencyLimit(20)])
        }
    }

    @Test("A newer change replaces a pending one")
    func newerReplacesOlder() async throws {
        try await beat { heart in
            heart.gateway.script(.connect, of: id, .fails(.refused))
            try await heart.engine.update(id, with: limit(20), by: "admin")
            try await heart.awaits(id) { $0.sync.status == .failed }
            try await heart.engine.update(id, with: limit(30), by: "admin")
            try await heart.awaits(id) { $0.sync.consecutiveFailures == 2 }
            heart.gateway.script(.connect, of: id, .works)
            heart.clock.advance(by: .seconds(60))
            try await heart.awaits(id) { $0.sync.status == .success }
            #expect(heart.gateway.calls(.apply, of: id).map(\.change) == [.concurrencyLimit(30)])
        }
    }

    @Test("A change made while the partner is being read is not overwritten by what was read")
    func changeDuringRead() async throws {
        try await beat { heart in
            let gate = Gate()
            heart.gateway.script(.read, of: id, .waits(gate))
            heart.clock.advance(by: .seconds(1))
            await heart.gateway.awaits(.read, of: id)
            try await heart.engine.update(id, with: limit(20), by: "admin")
            gate.open()
            await heart.gateway.awaits(.apply, of: id)
            let standing = try await heart.awaits(id) { $0.pending.isEmpty && $0.sync.status == .success }
            #expect(standing.partner.configuration.concurrencyLimit == 20)
            #expect(heart.gateway.calls(.apply, of: id).map(\.change) == [.concurrencyLimit(20)])
        }
    }

    @Test("A value found changed at the partner is taken over")
    func takenOver() async throws {
        try await beat { heart in
            heart.gateway.setReading(
                MetricsReading(metrics: .plain(limit: 7), partnerLimit: 7, partnerPause: true), of: id)
            heart.clock.advance(by: .seconds(1))
            let standing = try await heart.awaits(id) { $0.sync.status == .success }
            #expect(standing.partner.configuration.concurrencyLimit == 7)
            #expect(standing.partner.configuration.pauseNonPriorityCampaigns)
            #expect(standing.pending.isEmpty)
            #expect(heart.gateway.count(.apply, of: id) == 0)
        }
    }

    @Test("A partner that refuses the write is read all the same, and the write tried again within the minute")
    func refusedWrite() async throws {
        try await beat { heart in
            heart.gateway.script(.apply, of: id, .fails(.noRight))
            try await heart.engine.update(id, with: limit(20), by: "admin")
            let standing = try await heart.awaits(id) { $0.snapshot != nil && $0.sync.status == .success }
            #expect(standing.pending.map(\.error) == [VisitError.noRight.message])
            #expect(standing.partner.configuration.concurrencyLimit == 20)
            #expect(try #require(standing.sync.nextSyncAt) <= heart.day.now + 60)
            let logs = try await heart.store.connectionLogs(of: id, limit: 10)
            #expect(logs.map(\.operation) == [.write])
            heart.clock.advance(by: .seconds(60))
            await heart.gateway.awaits(.apply, of: id, count: 2)
        }
    }

    @Test("A refused change, though it costs the session, does not keep the other from being tried")
    func refusedWriteOfTwo() async throws {
        try await beat { heart in
            heart.gateway.script(.apply, of: id, .fails(.noRight))
            var both = limit(20)
            both.pauseNonPriorityCampaigns = true
            try await heart.engine.update(id, with: both, by: "admin")
            let standing = try await heart.awaits(id) { $0.snapshot != nil && $0.sync.status == .success }
            #expect(standing.pending.map(\.error) == [VisitError.noRight.message, VisitError.noRight.message])
            #expect(
                heart.gateway.calls(.apply, of: id).map(\.change) == [
                    .concurrencyLimit(20), .pauseNonPriorityCampaigns(true),
                ])
        }
    }

    @Test("After a refused login, without scheduled visits, a pending change is tried when the login has rested")
    func loginRestraintWithoutAutoRefresh() async throws {
        try await beat { heart in
            try await heart.engine.updateSettings { $0.autoRefreshEnabled = false }
            heart.gateway.script(.connect, of: id, .fails(.accessDenied))
            try await heart.engine.update(id, with: limit(20), by: "admin")
            let failed = try await heart.awaits(id) { $0.sync.status == .failed }
            #expect(try #require(failed.sync.nextSyncAt) >= heart.day.now + 120)
            heart.gateway.script(.connect, of: id, .works)
            heart.clock.advance(by: .seconds(160))
            try await heart.awaits(id) { $0.pending.isEmpty && $0.sync.status == .success }
        }
    }

    @Test("A write that the network cuts is a failed visit of its own name")
    func failedWrite() async throws {
        try await beat { heart in
            heart.gateway.script(.apply, of: id, .fails(.refused))
            try await heart.engine.update(id, with: limit(20), by: "admin")
            let standing = try await heart.awaits(id) { $0.sync.status == .failed }
            #expect(standing.pending.map(\.error) == [VisitError.refused.message])
            #expect(try await heart.store.connectionLogs(of: id, limit: 10).map(\.operation) == [.write])
            #expect(heart.gateway.count(.read, of: id) == 0)
        }
    }

    @Test("After a refused login a pending change waits as long as everything else")
    func loginRestraint() async throws {
        try await beat { heart in
            heart.gateway.script(.connect, of: id, .fails(.accessDenied))
            try await heart.engine.update(id, with: limit(20), by: "admin")
            let standing = try await heart.awaits(id) { $0.sync.status == .failed }
            #expect(try #require(standing.sync.nextSyncAt) >= heart.day.now + 120)
        }
    }

    @Test("An inactive partner is tried once, then the change waits until it is activated")
    func inactive() async throws {
        try await beat(isActive: false) { heart in
            heart.gateway.script(.connect, of: id, .fails(.refused))
            try await heart.engine.update(id, with: limit(20), by: "admin")
            let standing = try await heart.awaits(id) { $0.sync.status == .failed }
            #expect(standing.sync.nextSyncAt == nil)
            heart.clock.advance(by: .seconds(7_200))
            heart.gateway.script(.connect, of: id, .works)
            var patch = PartnerPatch()
            patch.isActive = true
            try await heart.engine.update(id, with: patch, by: "admin")
            try await heart.awaits(id) { $0.pending.isEmpty && $0.sync.status == .success }
            #expect(heart.gateway.count(.connect, of: id) == 2)
        }
    }

    @Test("A change that a restart kept from being tried is tried at once", arguments: [true, false])
    func restart(isActive: Bool) async throws {
        try await Heart.beat { store, now in
            try await store.add("a", isActive: isActive, due: now + 100, at: now)
            _ = try await store.updateSettings(at: now) { $0.autoRefreshEnabled = false }
            _ = try await store.update(id, by: "admin", reason: nil, at: now) { $0.configuration.concurrencyLimit = 20 }
        } _: { heart in
            try await heart.awaits(id) { $0.pending.isEmpty && $0.sync.status == .success }
            #expect(heart.gateway.calls(.apply, of: id).map(\.change) == [.concurrencyLimit(20)])
        }
    }

    @Test("A change that was tried in vain before a restart is tried within the minute; of the inactive, not at all")
    func restartAfterFailure() async throws {
        let sleeper = PartnerID.named("inactive")
        try await Heart.beat { store, now in
            for (name, isActive) in [("a", true), ("inactive", false)] {
                let id = try await store.add(name, isActive: isActive, due: now, at: now)
                let change = try await store.update(id, by: "admin", reason: nil, at: now) {
                    $0.configuration.concurrencyLimit = 20
                }
                try await store.recordNotApplied(changeID: try #require(change.pending.first).changeID, error: "no")
                try await store.schedule(id, at: now + 100)
            }
        } _: { heart in
            #expect(try #require(heart.standing(id).sync.nextSyncAt) == heart.day.now + 60)
            heart.clock.advance(by: .seconds(60))
            await heart.gateway.awaits(.apply, of: id)
            try await heart.settled(id)
            #expect(heart.gateway.count(.connect, of: sleeper) == 0)
        }
    }

    @Test("Without scheduled visits too, a change that could not be written is tried within the minute")
    func withoutAutoRefresh() async throws {
        try await beat { heart in
            try await heart.engine.updateSettings { $0.autoRefreshEnabled = false }
            heart.gateway.script(.connect, of: id, .fails(.refused))
            try await heart.engine.update(id, with: limit(20), by: "admin")
            let failed = try await heart.awaits(id) { $0.sync.status == .failed }
            #expect(failed.pending.map(\.error) == [VisitError.refused.message])
            #expect(try #require(failed.sync.nextSyncAt) <= heart.day.now + 60)
            heart.gateway.script(.connect, of: id, .works)
            heart.clock.advance(by: .seconds(60))
            let done = try await heart.awaits(id) { $0.pending.isEmpty && $0.sync.status == .success }
            #expect(done.sync.nextSyncAt == nil)
        }
    }

    @Test("A limit that nobody could enter is not taken over, but its numbers count", arguments: [0, -1, 1_001])
    func impossibleLimit(limit: Int) async throws {
        try await beat { heart in
            heart.gateway.setReading(
                MetricsReading(metrics: .plain(limit: limit), partnerLimit: limit, partnerPause: false), of: id)
            heart.clock.advance(by: .seconds(1))
            let standing = try await heart.awaits(id) { $0.sync.status == .success }
            #expect(standing.partner.configuration.concurrencyLimit == 10)
            #expect(standing.snapshot?.metrics.concurrencyLimit == limit)
        }
    }

    @Test("A value equal to the stored one is no change")
    func equalValue() async throws {
        try await beat { heart in
            heart.clock.advance(by: .seconds(1))
            try await heart.awaits(id) { $0.snapshot != nil }
            try await heart.engine.update(id, with: limit(10), by: "admin")
            #expect(try heart.standing(id).pending.isEmpty)
            _ = try await heart.engine.forceSync(id)
            await heart.gateway.awaits(.read, of: id, count: 2)
            #expect(heart.gateway.count(.apply, of: id) == 0)
        }
    }
}
