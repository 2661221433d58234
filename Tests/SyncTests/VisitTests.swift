import Domain
import Foundation
import Store
import Testing

@testable import Sync

@Suite("Visits", .timeLimit(.minutes(1)))
struct VisitTests {
    @Test("A visit reads, judges, records and shows what it read")
    func success() async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            try await store.add("a", due: now + 10, at: now)
        } _: { heart in
            heart.gateway.setReading(
                MetricsReading(metrics: .plain(active: 10, queued: 150), partnerLimit: nil, partnerPause: nil), of: id)
            heart.clock.advance(by: .seconds(10))
            let standing = try await heart.awaits(id) { $0.sync.status == .success }
            let snapshot = try #require(standing.snapshot)
            #expect(snapshot.metrics.queuedCalls == 150)
            #expect(snapshot.time == heart.day.now)
            #expect(standing.judgement?.level == .critical)
            let next = try #require(standing.sync.nextSyncAt)
            #expect(next > heart.day.now && next <= heart.day.now + 120)
            #expect(try await heart.store.latestSnapshots()[id] == snapshot)
        }
    }

    @Test("A failure keeps the last good snapshot and leaves one line in the log")
    func failure() async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            try await store.add("a", due: now + 1, at: now)
        } _: { heart in
            heart.clock.advance(by: .seconds(1))
            let good = try #require(try await heart.awaits(id) { $0.snapshot != nil }.snapshot)
            heart.gateway.script(.read, of: id, .fails(.refused))
            _ = try await heart.engine.forceSync(id)
            let standing = try await heart.awaits(id) { $0.sync.status == .failed }
            #expect(standing.snapshot == good)
            #expect(standing.sync.lastErrorMessage == VisitError.refused.message)
            #expect(standing.judgement?.level == .normal)
            let logs = try await heart.store.connectionLogs(of: id, limit: 10)
            #expect(logs.map(\.operation) == [.sync])
            #expect(logs.map(\.status) == [.dbFailed])
        }
    }

    @Test("From the third failure in a row a partner stands at ERROR, until it can be read")
    func thirdFailure() async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            try await store.add("a", due: now + 1, at: now)
        } _: { heart in
            heart.gateway.script(.connect, of: id, .fails(.refused))
            heart.clock.advance(by: .seconds(1))
            for failures in 1...3 {
                let standing = try await heart.awaits(id) { $0.sync.consecutiveFailures == failures }
                #expect(standing.judgement?.level == (failures == 3 ? .error : nil))
                heart.clock.advance(by: .seconds(60))
            }
            #expect(try heart.standing(id).judgement?.message == VisitError.refused.message)
            heart.gateway.script(.connect, of: id, .works)
            heart.clock.advance(by: .seconds(60))
            try await heart.awaits(id) { $0.judgement?.level == .normal && $0.sync.consecutiveFailures == 0 }
        }
    }

    @Test("A warm session that turns out to be dead is replaced once, at once, and that is no failure")
    func staleSession() async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            try await store.add("a", bastion: "one", due: now + 1, at: now)
        } _: { heart in
            heart.clock.advance(by: .seconds(1))
            try await heart.awaits(id) { $0.snapshot != nil }
            heart.gateway.script(.read, of: id, .fails(.stale))
            heart.gateway.script(.connect, of: id, .waits(Gate()))
            _ = try await heart.engine.forceSync(id)
            await heart.gateway.awaits(.connect, of: id, count: 2)
            #expect(try heart.standing(id).sync.status == .inProgress)
            #expect(try await heart.store.connectionLogs(of: id, limit: 10).isEmpty)
        }
    }

    @Test("A session that is dead twice is a failure")
    func staleTwice() async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            try await store.add("a", due: now + 1, at: now)
        } _: { heart in
            heart.gateway.script(.read, of: id, .fails(.stale))
            heart.clock.advance(by: .seconds(1))
            try await heart.awaits(id) { $0.sync.status == .failed }
            #expect(heart.gateway.count(.read, of: id) == 2)
            #expect(heart.gateway.count(.connect, of: id) == 2)
        }
    }

    @Test("The first host key that a login saw is pinned, whatever the database then says")
    func hostKey() async throws {
        let key = HostKeyPin(keyType: "ssh-ed25519", fingerprint: "SHA256:" + String(repeating: "A", count: 43))
        var denied = VisitError.accessDenied
        denied.hostKey = key
        try await Heart.beat { store, now in
            for name in ["fine", "denied", "refused"] {
                try await store.add(name, bastion: name, due: now + 1, at: now)
            }
        } _: { [denied] heart in
            heart.gateway.setHostKey(key, of: .named("fine"))
            heart.gateway.script(.connect, of: .named("denied"), .fails(denied))
            heart.gateway.script(.connect, of: .named("refused"), .fails(.sshLogin))
            heart.clock.advance(by: .seconds(1))
            for name in ["fine", "denied", "refused"] {
                try await heart.awaits(.named(name)) { [.success, .failed].contains($0.sync.status) }
                let pin = try heart.standing(.named(name)).partner.configuration.ssh.hostKey
                #expect(pin == (name == "refused" ? nil : key), "\(name)")
            }
        }
    }

    @Test(
        "A refused login is retried after two minutes, a network failure after ten seconds",
        arguments: [
            (VisitError.accessDenied, 120.0...150.0), (.sshLogin, 120.0...150.0), (.refused, 7.5...10.0),
        ])
    func restraint(error: VisitError, pause: ClosedRange<Double>) async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            try await store.add("a", due: now + 1, at: now)
        } _: { heart in
            heart.gateway.script(.connect, of: id, .fails(error))
            heart.clock.advance(by: .seconds(1))
            let standing = try await heart.awaits(id) { $0.sync.status == .failed }
            let next = try #require(standing.sync.nextSyncAt)
            #expect(pause.contains(next.timeIntervalSince(heart.day.now)))
            heart.clock.advance(by: .seconds(pause.lowerBound - 1))
            #expect(heart.gateway.count(.connect, of: id) == 1)
            heart.clock.advance(by: .seconds(pause.upperBound - pause.lowerBound + 1))
            await heart.gateway.awaits(.connect, of: id, count: 2)
        }
    }

    @Test("A forced sync starts the restraint afresh, but not the count of failures")
    func afresh() async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            try await store.add("a", due: now + 60, at: now)
        } _: { heart in
            heart.gateway.script(.connect, of: id, .fails(.refused))
            for failures in 1...3 {
                heart.clock.advance(by: .seconds(60))
                try await heart.awaits(id) { $0.sync.consecutiveFailures == failures }
            }
            let patient = try #require(try heart.standing(id).sync.nextSyncAt)
            #expect(patient >= heart.day.now + 30)
            _ = try await heart.engine.forceSync(id)
            let standing = try await heart.awaits(id) { $0.sync.consecutiveFailures == 4 }
            #expect(try #require(standing.sync.nextSyncAt) <= heart.day.now + 10)
        }
    }

    @Test("Our own belt ends a call whose gateway misses its limit")
    func belt() async throws {
        let id = PartnerID.named("a")
        try await Heart.beat { store, now in
            try await store.add("a", due: now + 1, at: now)
        } _: { heart in
            heart.gateway.script(.connect, of: id, .waits(Gate()))
            heart.clock.advance(by: .seconds(1))
            await heart.gateway.awaits(.connect, of: id)
            heart.clock.advance(by: .seconds(31))
            let standing = try await heart.awaits(id) { $0.sync.status == .failed }
            #expect(standing.sync.lastErrorMessage == "Database connection failed: Timed out after 30 s")
            #expect(standing.sync.lastFailure == .timeout)
        }
    }
}
