import Domain
import Foundation
import Store
import TestSupport
import Testing

@testable import Sync

@Suite("Alerts in the heartbeat", .timeLimit(.minutes(1)))
struct AlertTests {
    private let id = PartnerID.named("a")

    @Test("A partner that fails opens one alert at the third failure, and a success resolves it")
    func life() async throws {
        try await Heart.beat { store, now in
            try await store.add("a", due: now + 1, at: now)
        } _: { heart in
            heart.gateway.script(.connect, of: id, .fails(.refused))
            for count in 1...5 {
                _ = try await eventually {
                    heart.clock.advance(by: .seconds(5))
                    return try heart.standing(id).sync.consecutiveFailures >= count ? true : nil
                }
                #expect(heart.engine.picture.openAlerts().count == (count < 3 ? 0 : 1))
            }
            let alert = try #require(heart.engine.picture.openAlerts().first)
            #expect(alert.level == .error && alert.message == VisitError.refused.message)
            #expect(heart.engine.picture.alertSummary().offline == 1)
            heart.gateway.script(.connect, of: id, .works)
            _ = try await heart.engine.forceSync(id)
            try await heart.awaits(id) { $0.sync.status == .success }
            _ = try await eventually { heart.engine.picture.openAlerts().isEmpty ? true : nil }
            #expect(try await heart.store.resolvedAlerts(limit: 9).map(\.id) == [alert.id])
        }
    }

    @Test("An engine that starts anew knows what was open")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        try await Heart.beat(in: directory) { store, now in
            try await store.add("a", due: now + 1, at: now)
        } _: { heart in
            heart.gateway.setReading(.queued(150), of: id)
            heart.clock.advance(by: .seconds(1))
            _ = try await eventually { heart.engine.picture.openAlerts().first }
        }
        try await Heart.beat(in: directory) { heart in
            let open = try #require(heart.engine.picture.openAlerts().first)
            #expect(try await heart.store.partner(id: id)?.alert == open)
            _ = try await heart.engine.forceSync(id)
            try await heart.awaits(id) { $0.snapshot.map { $0.metrics.queuedCalls == 3 } ?? false }
            _ = try await eventually { heart.engine.picture.openAlerts().isEmpty ? true : nil }
            #expect(try await heart.store.resolvedAlerts(limit: 9).map(\.id) == [open.id])
        }
    }

    @Test("Changed thresholds show at once, and a dismissal until it gets worse")
    func dismissal() async throws {
        try await Heart.beat { store, now in
            try await store.add("a", due: now + 1, at: now)
        } _: { heart in
            heart.gateway.setReading(.queued(150), of: id)
            heart.clock.advance(by: .seconds(1))
            let alert = try await eventually { heart.engine.picture.openAlerts().first }
            #expect(alert.level == .high)
            try await heart.engine.dismissAlert(alert.id, hours: 1, by: "ann")
            #expect(heart.engine.picture.alertSummary().high == 0)
            #expect(heart.engine.picture.openAlerts().first?.dismissal?.until == heart.day.now + 3_600)
            try await heart.engine.updateSettings { $0.criticalQueuedThreshold = 100 }
            #expect(heart.engine.picture.alertSummary().critical == 1)
            try await heart.engine.updateSettings {
                $0.criticalQueuedThreshold = 1_000
                $0.highQueuedMin = 1_000
            }
            #expect(heart.engine.picture.openAlerts().isEmpty)
        }
    }

    @Test(
        "Fifty partners behind one dead bastion are one alert, not fifty, and come back together",
        arguments: [120, 3_600])
    func deadBastion(interval: Int) async throws {
        let names = (0..<50).map { "p\($0)" }
        try await Heart.beat { store, now in
            _ = try await store.updateSettings(at: now) { $0.refreshInterval = interval }
            for name in names { try await store.add(name, bastion: "one", due: now + 1, at: now) }
        } _: { heart in
            for name in names { heart.gateway.script(.connect, of: .named(name), .fails(.sshRefused)) }
            try await pass(in: heart) { heart.gateway.count(.connect) >= 8 }
            let alerts = heart.engine.picture.openAlerts()
            #expect(alerts.map(\.level) == [.error])
            try await pass(in: heart) { heart.gateway.count(.connect) >= 160 }
            #expect(heart.engine.picture.openAlerts().map(\.id) == alerts.map(\.id))
            for name in names { heart.gateway.script(.connect, of: .named(name), .works) }
            try await pass(in: heart) { heart.engine.picture.standings().allSatisfy { $0.snapshot != nil } }
            _ = try await eventually { heart.engine.picture.openAlerts().isEmpty ? true : nil }
        }
    }

    /// Lets minutes pass, with time for visits between them, until what is awaited has come.
    private func pass(in heart: Heart, until isMet: @escaping @Sendable () -> Bool) async throws {
        _ = try await eventually(within: .seconds(30)) {
            heart.clock.advance(by: .seconds(60))
            return isMet() ? true : nil
        }
        _ = try await eventually { heart.gateway.running(.connect) == 0 ? true : nil }
    }
}

extension MetricsReading {
    /// With so many calls waiting and none active.
    fileprivate static func queued(_ count: Int) -> MetricsReading {
        MetricsReading(metrics: .plain(active: 0, queued: count), partnerLimit: nil, partnerPause: nil)
    }
}
