import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Recording visits")
struct VisitsTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    @Test("A success stores snapshot, status and due time, and ends a row of failures")
    func successful() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await store.record(failure(id))
        let record = try #require(try await store.record(success(id, at: moment(60))))
        #expect(record.sync == SyncState(status: .success, lastSyncAt: moment(60), nextSyncAt: moment(180)))
        #expect(try await store.partner(id: id) == record)
        #expect(try await store.latestSnapshots() == [id: snapshot(of: id, at: moment(60))])
    }

    @Test("Failures count, keep the last good snapshot, and leave a line in the log")
    func failed() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await store.record(success(id))
        _ = try await store.record(failure(id, at: moment(60)))
        let record = try #require(try await store.record(failure(id, at: moment(70), kind: .timeout)))
        #expect(
            record.sync
                == SyncState(
                    status: .failed, lastSyncAt: moment(70),
                    lastErrorMessage: "Database connection failed: Connection refused", consecutiveFailures: 2,
                    lastFailure: .timeout, nextSyncAt: moment(80)))
        #expect(try await store.latestSnapshots()[id]?.time == moment())
        let logs = try await store.connectionLogs(of: id, limit: 10)
        #expect(logs.map(\.status) == [.timeout, .dbFailed])
        #expect(logs.map(\.time) == [moment(70), moment(60)])
        #expect(logs.allSatisfy { $0.operation == .sync && $0.responseMilliseconds == 42 && $0.errorMessage != nil })
        #expect(Set(logs.map(\.id)).count == 2)
    }

    @Test("A value found changed at the partner is taken over, with a history row")
    func takenOver() async throws {
        let id = try await store.add(draft()).partner.id
        let record = try await store.record(
            success(id, at: moment(60), takenOver: [.concurrencyLimit(33), .pauseNonPriorityCampaigns(true)]))
        #expect(record?.partner.configuration.concurrencyLimit == 33)
        #expect(record?.partner.revision == 1 && record?.partner.updatedAt == moment(60))
        #expect(record?.pending.isEmpty == true)
        let history = try await test.rows("SELECT * FROM setting_changes")
        #expect(history.count == 1)
        let row = try #require(history.first)
        #expect(try row.get("changed_by") == "partner")
        #expect(try row.get("old_value") == "10")
        #expect(try row.get("new_value") == "33")
        #expect(try row.get("synced_at") == moment(60))
    }

    @Test("While an operator's change is pending, a visit does not put the partner's old value in its place")
    func pendingWins() async throws {
        let id = try await store.add(draft()).partner.id
        let edited = try await store.update(id, by: "ann", reason: nil, at: moment()) {
            $0.configuration.concurrencyLimit = 20
        }
        let record = try #require(
            try await store.record(
                success(id, takenOver: [.concurrencyLimit(10), .pauseNonPriorityCampaigns(false)])))
        #expect(record.partner.configuration.concurrencyLimit == 20)
        #expect(record.partner.configuration.pauseNonPriorityCampaigns == false)
        #expect(record.pending == edited.pending)
    }

    @Test("If the partner was edited meanwhile, status, schedule and values are the edit's", arguments: [true, false])
    func edited(visitSucceeds: Bool) async throws {
        let id = try await store.add(draft()).partner.id
        let edited = try await store.update(id, by: "ann", reason: nil, at: moment(60)) {
            $0.configuration.database.host = "elsewhere.example.com"
        }
        let visit =
            visitSucceeds
            ? success(id, at: moment(61), takenOver: [.concurrencyLimit(33)]) : failure(id, at: moment(61))
        #expect(try await store.record(visit) == edited)
        #expect(try await test.count(visitSucceeds ? "snapshots" : "connection_logs") == 1)
    }

    @Test("A partner deactivated during its visit stays unscheduled")
    func deactivated() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await store.update(id, by: "ann", reason: nil, at: moment()) { $0.configuration.isActive = false }
        let record = try await store.record(success(id))
        #expect(record?.sync == SyncState(status: .success, lastSyncAt: moment()))
    }

    @Test("Of a partner removed during its visit nothing is stored")
    func deleted() async throws {
        let id = try await store.add(draft()).partner.id
        try await store.delete(id)
        #expect(try await store.record(success(id)) == nil)
        #expect(try await store.record(failure(id)) == nil)
        #expect(try await test.count("snapshots") == 0)
        #expect(try await test.count("connection_logs") == 0)
    }

    @Test("The newest snapshot of each partner is found, whatever order they came in")
    func latest() async throws {
        let first = try await store.add(draft("First")).partner.id
        let second = try await store.add(draft("Second")).partner.id
        _ = try await store.add(draft("Never visited"))
        for seconds in [60, 180, 120] {
            _ = try await store.record(success(first, at: moment(seconds)))
        }
        _ = try await store.record(success(second, at: moment(30)))
        #expect(
            try await store.latestSnapshots() == [
                first: snapshot(of: first, at: moment(180)), second: snapshot(of: second, at: moment(30)),
            ])
    }

    @Test("The latest snapshots are sought, not scanned for")
    func latestIsSought() async throws {
        let plan = try await test.rows("EXPLAIN QUERY PLAN \(Snapshot.selectLatest)").map { row in
            try row.get("detail") as String
        }
        #expect(plan.filter { $0.hasPrefix("SCAN") }.allSatisfy { $0.hasPrefix("SCAN p") }, "\(plan)")
        #expect(plan.contains("SEARCH s USING PRIMARY KEY (partner=? AND time=?)"), "\(plan)")
        #expect(plan.contains("SEARCH snapshots USING PRIMARY KEY (partner=?)"), "\(plan)")
    }

    @Test("A snapshot keeps its time to the millisecond")
    func milliseconds() async throws {
        let id = try await store.add(draft()).partner.id
        let time = Date(timeIntervalSince1970: 1_735_689_600.123)
        _ = try await store.record(success(id, at: time))
        let stored = try #require(try await store.latestSnapshots()[id]?.time)
        #expect(abs(stored.timeIntervalSince(time)) < 0.000_5)
    }
}

@Suite("Alert sentences of snapshots")
struct AlertTextTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    @Test(
        "A sentence comes back as it was",
        arguments: [
            "", "No active campaigns", "High queue (250) with low utilization (12.5%)",
            "At max capacity with 1000000 calls queued", "51 campaigns running with only 9 concurrent slots",
            "Utilization 100.0% is at or above the threshold (80%)", "#1 of 2 #", "1.2.3", "-5 and 5.", "٣ Straße 🙂 7",
        ])
    func roundTrip(sentence: String) {
        let text = AlertText(sentence)
        #expect(AlertText(text: text.text, numbers: text.numbers).sentence == sentence)
    }

    @Test("Sentences of one rule share one text")
    func shared() {
        #expect(
            AlertText("High queue (250) with low utilization (12.5%)").text
                == AlertText("High queue (9) with low utilization (0.0%)").text)
    }

    @Test("A text without its numbers is no sentence")
    func damaged() {
        #expect(AlertText(text: "High queue (#)", numbers: nil).sentence == nil)
        #expect(AlertText(text: "No active campaigns", numbers: "7").sentence == nil)
    }

    @Test("A snapshot keeps its own level and sentence; a thousand alerts store one text")
    func stored() async throws {
        let id = try await store.add(draft()).partner.id
        for count in 1...1000 {
            let message = "High queue (\(count)) with low utilization (\(count % 30).5%)"
            let reading = snapshot(of: id, at: moment(count), level: .critical, message: message)
            _ = try await store.record(success(id, at: moment(count), snapshot: reading))
            guard count % 250 == 0 else { continue }
            #expect(try await store.latestSnapshots()[id] == reading)
        }
        #expect(try await test.count("alert_texts") == 1)
    }
}
