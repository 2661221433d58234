import Domain
import Foundation
import Testing

@Suite("Schedule")
struct ScheduleTests {
    private let now = Date(timeIntervalSince1970: 1_730_900_000)
    private let settings = Settings()

    @Test(
        "After a success the partner keeps its place in the interval",
        arguments: [
            // Seconds by which the visit ended after it was due; seconds from now to the next.
            (0.0, 120.0), (1.5, 118.5), (119, 1), (120, 120), (121, 119), (1_000, 80),
            // Asked for early: by a force sync before its time, or out of a long pause.
            (-5, 5), (-119, 119), (-120, 120), (-600, 120), (-610, 10),
        ])
    func success(late: Double, wait: Double) {
        let next = Schedule.next(afterSuccessAt: now, wasDue: now - late, settings: settings)
        #expect(next == now + wait)
    }

    @Test("After a success the next visit is in the future and within one interval, whatever came before")
    func successBounds() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var settings = Settings()
            settings.refreshInterval = .random(in: 5...3600, using: &generator)
            let due = now + .random(in: -1e7...1e7, using: &generator)
            let wait = Schedule.next(afterSuccessAt: now, wasDue: due, settings: settings).timeIntervalSince(now)
            if wait <= 0 || wait > Double(settings.refreshInterval) {
                Issue.record("\(wait) s with an interval of \(settings.refreshInterval) s, due \(due)")
            }
        }
        let ages = Schedule.next(afterSuccessAt: now, wasDue: .distantPast, settings: settings)
        #expect(ages > now && ages <= now + 120)
    }

    @Test(
        "After a failure the pause doubles from 10 s to the larger of the interval and two minutes",
        arguments: [
            (1, 120, 10.0), (2, 120, 20), (3, 120, 40), (4, 120, 80), (5, 120, 120), (6, 120, 120),
            (1_000_000, 120, 120),
            (1, 5, 10), (5, 5, 120), (1_000_000, 5, 120),
            (1, 3_600, 10), (9, 3_600, 2_560), (10, 3_600, 3_600), (.max, 3_600, 3_600),
        ])
    func failure(failures: Int, interval: Int, pause: Double) {
        var settings = settings
        settings.refreshInterval = interval
        for kind in [VisitFailureKind.ssh, .hostKey, .database, .query, .timeout] {
            #expect(wait(kind, failures, settings, chance: 0) == pause)
            #expect(wait(kind, failures, settings, chance: 0.999_999) > pause * 0.75)
            #expect(wait(kind, failures, settings, chance: 0.999_999) < pause * 0.750_001)
        }
    }

    @Test(
        "After a refused login the pause doubles from two minutes to an hour, and is never shorter",
        arguments: [
            (1, 120.0), (2, 240), (3, 480), (4, 960), (5, 1_920), (6, 3_600), (1_000_000, 3_600), (.max, 3_600),
        ])
    func login(failures: Int, pause: Double) {
        for kind in [VisitFailureKind.sshLogin, .databaseLogin] {
            #expect(wait(kind, failures, settings, chance: 0) == pause)
            let latest = wait(kind, failures, settings, chance: 0.999_999)
            #expect(latest >= pause && latest <= min(pause * 1.25, 3_600))
        }
    }

    @Test("A pending change is tried again within the minute, unless a login was refused")
    func pending() {
        #expect(wait(.timeout, 50, settings, chance: 0, hasPendingChange: true) == 60)
        #expect(wait(.timeout, 2, settings, chance: 0, hasPendingChange: true) == 20)
        #expect(wait(.databaseLogin, 1, settings, chance: 0, hasPendingChange: true) == 120)
    }

    private func wait(
        _ kind: VisitFailureKind, _ failures: Int, _ settings: Settings, chance: Double,
        hasPendingChange: Bool = false
    ) -> TimeInterval {
        Schedule.next(
            afterFailure: kind, failures: failures, now: now, settings: settings, chance: chance,
            hasPendingChange: hasPendingChange
        ).timeIntervalSince(now)
    }
}
