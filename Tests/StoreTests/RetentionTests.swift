import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Removing what has expired")
struct RetentionTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    @Test("Old snapshots, logs, history and tokens go; the newer, and pending changes, stay")
    func removed() async throws {
        for name in ["First", "Second"] {
            let id = try await store.add(draft(name)).partner.id
            for seconds in 0..<250 {
                _ = try await store.record(
                    success(id, at: moment(seconds), takenOver: [.concurrencyLimit(seconds + 11)]))
                _ = try await store.record(failure(id, at: moment(seconds)))
            }
            _ = try await store.update(id, by: "ann", reason: nil, at: moment(1)) {
                $0.configuration.pauseNonPriorityCampaigns = false
            }
        }
        try await store.revoke(tokenID: "old", expiresAt: moment(299))
        try await store.revoke(tokenID: "new", expiresAt: moment(301))
        let removed = try await store.removeExpired(before: moment(240), now: moment(300))
        #expect(removed == 2 * 3 * 240 + 1)
        for (table, left) in [
            ("snapshots", 20), ("connection_logs", 20), ("setting_changes", 22), ("revoked_tokens", 1),
        ] {
            #expect(try await test.count(table) == left, "\(table)")
        }
        #expect(try await store.partners().allSatisfy { $0.pending.count == 1 })
        #expect(try await store.latestSnapshots().values.allSatisfy { $0.time == moment(249) })
        #expect(try await store.removeExpired(before: moment(240), now: moment(300)) == 0)
    }

    @Test("A partner's newest snapshot stays, however old it is")
    func newestStays() async throws {
        for name in ["First", "Second"] {
            let id = try await store.add(draft(name)).partner.id
            for seconds in [1, 2, 3] { _ = try await store.record(success(id, at: moment(seconds))) }
        }
        #expect(try await store.removeExpired(before: moment(100), now: moment(100)) == 4)
        #expect(try await store.latestSnapshots().values.map(\.time) == [moment(3), moment(3)])
    }

    @Test("Many rows of one moment are removed all the same")
    func sameTime() async throws {
        let id = try await store.add(draft()).partner.id
        for _ in 0..<350 {
            _ = try await store.record(failure(id))
        }
        #expect(try await store.removeExpired(before: moment(1), now: moment(1)) == 350)
    }

    @Test("Writers go between the steps, and a cancelled removal ends early")
    func steps() async throws {
        let id = try await store.add(draft()).partner.id
        try await test.fillSnapshots(perPartner: 200_000)
        let removal = Task { try await store.removeExpired(before: moment(1_000_000_000), now: moment()) }
        _ = try await eventually("the first step") { try await test.count("snapshots") < 200_000 ? true : nil }
        #expect(try await store.record(success(id, at: moment(2_000_000_000))) != nil)
        #expect(try await test.count("snapshots") > 1)
        removal.cancel()
        let removed = try await removal.value
        #expect((1..<200_000).contains(removed))
        #expect(try await test.count("snapshots") == 200_001 - removed)
    }

    @Test("At most the newest thousand lines of a partner's log are kept")
    func logs() async throws {
        let id = try await store.add(draft()).partner.id
        let other = try await store.add(draft("Other")).partner.id
        try await store.log(entry("other", of: other, at: moment(-1)))
        for number in 0..<1010 {
            try await store.log(entry("\(number)", of: id, at: moment(number)))
        }
        let logs = try await store.connectionLogs(of: id, limit: 5000)
        #expect(logs.map(\.id) == (10..<1010).reversed().map(String.init))
        #expect(try await store.connectionLogs(of: id, limit: 3) == Array(logs.prefix(3)))
        #expect(logs.first == entry("1009", of: id, at: moment(1009)))
        #expect(try await store.clearConnectionLogs(of: id) == 1000)
        #expect(try await store.clearConnectionLogs(of: id) == 0)
        #expect(try await store.connectionLogs(of: other, limit: 10).count == 1)
    }

    @Test("A log line of a partner that is gone is refused")
    func logOfNobody() async throws {
        await #expect {
            try await store.log(entry("x", of: .random(), at: moment()))
        } throws: { error in
            if case StoreError.partnerNotFound = error { true } else { false }
        }
    }

    private func entry(_ id: String, of partner: PartnerID, at time: Date) -> ConnectionLog {
        ConnectionLog(
            id: id, partnerID: partner, operation: .test, status: .success, time: time, responseMilliseconds: 5,
            errorMessage: nil)
    }
}

extension TestStore {
    /// Gives every partner that many snapshots, two minutes apart from `moment()` on, one in five with an alert.
    func fillSnapshots(perPartner count: Int) async throws {
        try await execute("INSERT INTO alert_texts (text) VALUES ('High queue (#) with low utilization (#%)')")
        try await execute(
            """
            WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
            INSERT INTO snapshots (partner, time, campaigns_today, running_campaigns, active_calls, queued_calls,
                completed_calls_today, voicemail_count, customer_ended_count, remaining_calls, concurrency_limit,
                fetch_ms, alert_level, alert_text, alert_numbers)
            SELECT p.id, ? + i * 120000, 42, 88, 70 + i % 9, 300 + i % 50, 12000 + i % 700, 4500, 8000, 53700 - i % 999,
                100, 1250, CASE WHEN i % 5 = 0 THEN 4 ELSE 0 END, CASE WHEN i % 5 = 0 THEN 1 END,
                CASE WHEN i % 5 = 0 THEN '250 12.5' END
            FROM n, partners p
            """, count, moment())
    }
}
