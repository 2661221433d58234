import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Alerts")
struct AlertsTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    /// A visit that finds so many calls queued and none active: 100 are HIGH, 201 CRITICAL.
    private func visit(_ id: PartnerID, queued: Int, at seconds: Int) async throws -> Alert? {
        var metrics = snapshot(of: id).metrics
        (metrics.queuedCalls, metrics.activeCalls) = (queued, 0)
        let reading = Snapshot(
            partnerID: id, metrics: metrics, judgement: judge(metrics, by: Settings()), time: moment(seconds),
            fetchMilliseconds: 1)
        return try await store.record(success(id, at: moment(seconds), snapshot: reading))?.alert
    }

    private func fail(_ id: PartnerID, _ seconds: Int...) async throws -> Alert? {
        var alert: Alert?
        for second in seconds { alert = try await store.record(failure(id, at: moment(second)))?.alert }
        return alert
    }

    @Test("A visit opens, changes and resolves the partner's one alert")
    func life() async throws {
        let id = try await store.add(draft()).partner.id
        #expect(try await visit(id, queued: 4, at: 0) == nil)
        let opened = try #require(try await visit(id, queued: 150, at: 10))
        #expect(opened.level == .high && opened.message == "Growing queue (150) with low utilization (0.0%)")
        #expect(opened.partnerName == "Acme" && opened.partnerID == id)
        #expect(opened.openedAt == moment(10) && opened.changedAt == moment(10) && opened.isOpen)

        let counted = try #require(try await visit(id, queued: 160, at: 20))
        #expect(counted.id == opened.id && counted.message.contains("(160)") && counted.changedAt == moment(10))
        let worse = try #require(try await visit(id, queued: 201, at: 30))
        #expect(worse.id == opened.id && worse.level == .critical && worse.changedAt == moment(30))

        let resolved = try #require(try await visit(id, queued: 0, at: 40))
        #expect(resolved.id == opened.id && resolved.resolvedAt == moment(40) && resolved.level == .critical)
        #expect(try await visit(id, queued: 0, at: 50) == resolved, "what is over does not change")
        let next = try #require(try await visit(id, queued: 150, at: 60))
        #expect(next.id != opened.id && next.openedAt == moment(60))
        #expect(try await store.resolvedAlerts(limit: 9) == [resolved])
        #expect(try await store.partner(id: id)?.alert == next)
        #expect(try await store.partners().map(\.alert) == [next])
    }

    @Test("The third failure in a row opens one at ERROR; a success judges by the numbers again")
    func failures() async throws {
        let id = try await store.add(draft()).partner.id
        #expect(try await fail(id, 1, 2) == nil)
        let error = try #require(try await fail(id, 3))
        #expect(error.level == .error && error.message == "Database connection failed: Connection refused")
        #expect(try await fail(id, 4)?.changedAt == moment(3))
        let back = try #require(try await visit(id, queued: 150, at: 5))
        #expect(back.id == error.id && back.level == .high && back.changedAt == moment(5))
        #expect(try await fail(id, 6, 7) == back, "two failures say nothing new")
        #expect(try await fail(id, 8)?.level == .error)
        #expect(try await test.count("alerts") == 1)
    }

    @Test("A restart, orderly or by kill -9, neither repeats nor forgets one", arguments: [true, false])
    func restart(isOrderly: Bool) async throws {
        let id = try await store.add(draft()).partner.id
        let other = try await store.add(draft("Other")).partner.id
        let open = try await visit(id, queued: 150, at: 1)
        _ = try await visit(other, queued: 150, at: 1)
        let over = try await visit(other, queued: 0, at: 2)
        let next = isOrderly ? try await test.reopened() : try await test.killed()
        #expect(try await next.store.partners().map(\.alert) == [open, over])
        let reading = snapshot(of: id, at: moment(3))
        #expect(try await next.store.record(success(id, at: moment(3), snapshot: reading))?.alert?.id == open?.id)
        #expect(try await next.count("alerts") == 2)
    }

    @Test("New connection data ends an ERROR that rested on the old; the last numbers speak again")
    func edited() async throws {
        let id = try await store.add(draft()).partner.id
        let before = try await visit(id, queued: 150, at: 1)
        #expect(try await fail(id, 2, 3, 4)?.level == .error)
        let edited = try await store.update(id, by: "ann", reason: nil, at: moment(5)) {
            $0.configuration.database.host = "elsewhere"
        }
        #expect(edited.alert?.id == before?.id && edited.alert?.level == .high)
        #expect(try await visit(id, queued: 0, at: 6) != nil, "a visit of the old revision still brings numbers")
    }

    @Test("Deactivation resolves; activation waits for a visit; deletion removes")
    func activity() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await visit(id, queued: 150, at: 1)
        func setActive(_ isActive: Bool, at seconds: Int) async throws -> Alert? {
            try await store.update(id, by: "ann", reason: nil, at: moment(seconds)) {
                $0.configuration.isActive = isActive
            }.alert
        }
        #expect(try await setActive(false, at: 2)?.resolvedAt == moment(2))
        #expect(try await visit(id, queued: 150, at: 3)?.isOpen == false, "a forced visit of an inactive partner")
        #expect(try await setActive(true, at: 4)?.isOpen == false)
        #expect(try await visit(id, queued: 150, at: 5)?.isOpen == true)
        try await store.delete(id)
        #expect(try await test.count("alerts") == 0)
    }

    @Test("Changed thresholds open, change and resolve at once, all or nothing")
    func thresholds() async throws {
        let quiet = try await store.add(draft("Quiet")).partner.id
        let loud = try await store.add(draft("Loud")).partner.id
        _ = try await store.add(draft("Never read"))
        _ = try await visit(quiet, queued: 60, at: 1)
        _ = try await visit(loud, queued: 150, at: 1)
        func alerts(_ seconds: Int, queuedMin: Int) async throws -> [String: Alert] {
            _ = try await store.updateSettings(at: moment(seconds)) { $0.highQueuedMin = queuedMin }
            let found = try await store.partners().compactMap(\.alert).map { ($0.partnerName, $0) }
            return Dictionary(uniqueKeysWithValues: found)
        }
        let opened = try await alerts(10, queuedMin: 60)
        #expect(opened["Quiet"]?.openedAt == moment(10))
        #expect(opened["Loud"]?.openedAt == moment(1))
        let resolved = try await alerts(20, queuedMin: 151)
        #expect(resolved["Quiet"]?.resolvedAt == moment(20) && resolved["Loud"]?.resolvedAt == moment(20))
        #expect(
            try await store.resolvedAlerts(limit: 1).map(\.partnerName) == ["Quiet"],
            "the later of two that ended together")
        await #expect(throws: StoreError.self) {
            try await store.updateSettings(at: moment(30)) { (settings) throws(Rejection) in
                settings.highQueuedMin = 60
                throw .rule("no")
            }
        }
        #expect(try await store.partners().compactMap(\.alert).allSatisfy { !$0.isOpen })
    }

    @Test("A visit is judged by the settings in force when it is recorded")
    func judgedOnRecord() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await store.updateSettings(at: moment()) { $0.highQueuedMin = 151 }
        #expect(try await visit(id, queued: 150, at: 1) == nil)
    }

    @Test("A dismissal is kept, by whom and until when, and is void when it gets worse")
    func dismissal() async throws {
        let id = try await store.add(draft()).partner.id
        let alert = try #require(try await visit(id, queued: 150, at: 1))
        #expect(try await store.dismissAlert(alert.id, until: moment(1_000), by: "ann") == id)
        let dismissed = try #require(try await test.reopened().store.partner(id: id)?.alert)
        #expect(dismissed.dismissal == Alert.Dismissal(until: moment(1_000), by: "ann", level: .high))
        #expect(dismissed.changedAt == alert.changedAt)
    }

    @Test("Only an alert that is there and open can be dismissed")
    func undismissable() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await visit(id, queued: 150, at: 1)
        let over = try #require(try await visit(id, queued: 0, at: 2))
        await #expect {
            _ = try await store.dismissAlert(over.id, until: moment(9), by: "ann")
        } throws: {
            if case StoreError.rejected(.rule) = $0 { true } else { false }
        }
        await #expect {
            _ = try await store.dismissAlert("nobody", until: moment(9), by: "ann")
        } throws: {
            if case StoreError.alertNotFound = $0 { true } else { false }
        }
    }

    @Test("Two open alerts of one partner cannot be stored")
    func unique() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await visit(id, queued: 150, at: 1)
        await #expect(throws: StoreError.self) {
            try await test.execute(
                """
                INSERT INTO alerts (public_id, partner, level, message, opened_at, changed_at)
                SELECT 'second', partner, level, message, opened_at, changed_at FROM alerts
                """)
        }
    }

    @Test("What was resolved before the retention goes; what is open stays, however old")
    func retention() async throws {
        let id = try await store.add(draft()).partner.id
        for seconds in stride(from: 0, to: 40, by: 4) {
            _ = try await visit(id, queued: 150, at: seconds)
            _ = try await visit(id, queued: 0, at: seconds + 2)
        }
        let open = try await store.add(draft("Open")).partner.id
        _ = try await visit(open, queued: 150, at: 1)
        _ = try await store.removeExpired(before: moment(20), now: moment(20))
        #expect(try await store.resolvedAlerts(limit: 99).map(\.resolvedAt) == [38, 34, 30, 26, 22].map { moment($0) })
        _ = try await store.removeExpired(before: moment(1_000), now: moment(1_000))
        #expect(try await test.count("alerts") == 1)
        #expect(try await store.partner(id: open)?.alert?.isOpen == true)
    }

    @Test("The newest alerts, and the list of resolved ones, are sought, not scanned for")
    func plans() async throws {
        for sql in [
            Alert.selectNewest, "\(Alert.select) AND a.partner = 1 AND a.resolved_at IS NULL",
            "\(Alert.select) AND a.resolved_at IS NOT NULL ORDER BY a.resolved_at DESC, a.id DESC LIMIT 9",
        ] {
            let plan = try await test.rows("EXPLAIN QUERY PLAN \(sql)").map { row in try row.get("detail") as String }
            #expect(plan.allSatisfy { !$0.hasPrefix("SCAN a") && !$0.contains("TEMP B-TREE") }, "\(plan)")
        }
    }
}
