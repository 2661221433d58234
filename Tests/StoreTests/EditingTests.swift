import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Editing a partner")
struct EditingTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    /// A history row as text, oldest first.
    private func history(_ test: TestStore) async throws -> [String] {
        try await test.rows("SELECT * FROM setting_changes ORDER BY id").map { row in
            let field: String = try row.get("field")
            let (old, new): (String, String) = (try row.get("old_value"), try row.get("new_value"))
            let (reason, error): (String?, String?) = (try row.get("reason"), try row.get("sync_error"))
            let user: String = try row.get("changed_by")
            let isPending: Bool = try row.get("is_pending")
            let syncedAt: Date? = try row.get("synced_at")
            let state = isPending ? "pending" : syncedAt == nil ? "dropped" : "synced"
            return "\(field) \(old)→\(new) \(user) \(reason ?? "-") \(state) \(error ?? "-")"
        }
    }

    @Test("A changed limit or pause is stored with its history and waits for the partner")
    func pending() async throws {
        let id = try await store.add(draft()).partner.id
        let record = try await store.update(id, by: "ann", reason: "peak", at: moment(60)) {
            $0.configuration.concurrencyLimit = 20
            $0.configuration.pauseNonPriorityCampaigns = false
        }
        #expect(record.partner.configuration.concurrencyLimit == 20)
        #expect(record.pending.map(\.change) == [.concurrencyLimit(20), .pauseNonPriorityCampaigns(false)])
        #expect(record.pending.allSatisfy { $0.since == moment(60) && $0.error == nil })
        #expect(record.partner.revision == 1 && record.partner.updatedAt == moment(60))
        #expect(record.sync.nextSyncAt == moment())
        #expect(
            try await history(test) == [
                "concurrencyLimit 10→20 ann peak pending -",
                "pauseNonPriorityCampaigns true→false ann peak pending -",
            ])
        #expect(try await store.partners() == [record])
    }

    @Test("A value equal to the stored one is no change at all")
    func equal() async throws {
        let created = try await store.add(draft())
        let record = try await store.update(created.partner.id, by: "ann", reason: nil, at: moment(60)) {
            $0.configuration.concurrencyLimit = 10
            $0.secrets.databasePassword = draft().secrets.databasePassword
        }
        #expect(record == created)
        #expect(try await history(test).isEmpty)
    }

    @Test("A newer change replaces a pending one, whose row says so")
    func replaced() async throws {
        let id = try await store.add(draft()).partner.id
        var changes: [Int64] = []
        for limit in [20, 30] {
            let record = try await store.update(id, by: "ann", reason: nil, at: moment(limit)) {
                $0.configuration.concurrencyLimit = limit
            }
            #expect(record.pending.map(\.change) == [.concurrencyLimit(limit)])
            changes += record.pending.map(\.changeID)
        }
        #expect(changes[0] < changes[1])
        #expect(
            try await history(test) == [
                "concurrencyLimit 10→20 ann - dropped Replaced by a newer change",
                "concurrencyLimit 20→30 ann - pending -",
            ])
        // The partner confirms the first one late: the second still waits.
        try await store.recordApplied(.written, changeID: changes[0], at: moment(99))
        #expect(try await store.partner(id: id)?.pending.map(\.changeID) == [changes[1]])
        #expect(try await history(test).first == "concurrencyLimit 10→20 ann - synced -")
    }

    @Test("A change stays pending with the error of the last attempt until the partner confirms it")
    func applied() async throws {
        let id = try await store.add(draft()).partner.id
        let change = try #require(
            try await store.update(id, by: "ann", reason: nil, at: moment()) {
                $0.configuration.concurrencyLimit = 20
            }.pending.first)
        try await store.recordNotApplied(changeID: change.changeID, error: "refused")
        #expect(try await store.partner(id: id)?.pending.map(\.error) == ["refused"])
        try await store.recordApplied(.written, changeID: change.changeID, at: moment(9))
        #expect(try await store.partner(id: id)?.pending.isEmpty == true)
        // Too late to matter.
        try await store.recordNotApplied(changeID: change.changeID, error: "refused")
        #expect(try await history(test) == ["concurrencyLimit 10→20 ann - synced -"])
    }

    @Test("A visit that failed tells why the changes that waited for it were not written, and nothing of later ones")
    func failedVisit() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await store.update(id, by: "ann", reason: nil, at: moment()) { $0.configuration.concurrencyLimit = 20 }
        // The visit took 42 ms; this change came while it was under way.
        _ = try await store.update(id, by: "ann", reason: nil, at: moment(60)) {
            $0.configuration.pauseNonPriorityCampaigns.toggle()
        }
        let record = try #require(try await store.record(failure(id, at: moment(60))))
        #expect(record.pending.map(\.error) == ["Database connection failed: Connection refused", nil])
    }

    @Test("New connection data raises the revision, forgets the failures and is due at once")
    func reconnects() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await store.record(failure(id, kind: .databaseLogin))
        let record = try await store.update(id, by: "ann", reason: nil, at: moment(60)) {
            $0.secrets.databasePassword = Secret("new")
        }
        #expect(record.partner.revision == 2)
        #expect(record.sync.consecutiveFailures == 0 && record.sync.lastFailure == nil)
        #expect(record.sync.nextSyncAt == moment(60))
        #expect(record.sync.status == .failed)
        #expect(try await store.access(to: id)?.secrets.databasePassword == Secret("new"))
    }

    @Test("A new way to log in takes the old credential's place")
    func credentialReplaced() async throws {
        let id = try await store.add(draft()).partner.id
        let record = try await store.update(id, by: "ann", reason: nil, at: moment(60)) {
            $0.secrets.ssh = .password(Secret("new"))
        }
        #expect(record.partner.configuration.ssh.authMethod == .password)
        #expect(try await store.access(to: id)?.secrets.ssh == .password(Secret("new")))
        #expect(try await test.count("secrets") == 2)
    }

    @Test("Deactivation unschedules, activation is due at once and starts afresh; neither raises the revision")
    func activation() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await store.record(failure(id))
        let off = try await store.update(id, by: "ann", reason: nil, at: moment(60)) {
            $0.configuration.isActive = false
        }
        #expect(off.sync.nextSyncAt == nil && off.sync.consecutiveFailures == 1)
        let moved = try await store.update(id, by: "ann", reason: nil, at: moment(70)) {
            $0.configuration.database.host = "elsewhere.example.com"
        }
        #expect(moved.sync.nextSyncAt == nil && moved.partner.revision == 2)
        let on = try await store.update(id, by: "ann", reason: nil, at: moment(80)) { $0.configuration.isActive = true }
        #expect(on.sync.nextSyncAt == moment(80) && on.sync.consecutiveFailures == 0 && on.partner.revision == 2)
    }

    @Test("A refused edit changes nothing")
    func rejected() async throws {
        let created = try await store.add(draft())
        let fault = Rejection.fields([FieldFault("dbPort", "must be between 1 and 65535")])
        await #expect {
            try await store.update(created.partner.id, by: "ann", reason: nil, at: moment(60)) {
                (draft) throws(Rejection) in
                draft.configuration.concurrencyLimit = 99
                throw fault
            }
        } throws: { error in
            if case StoreError.rejected(fault) = error { true } else { false }
        }
        #expect(try await store.partners() == [created])
    }

    @Test("A hundred edits at once are all stored, one after another")
    func concurrentEdits() async throws {
        let id = try await store.add(draft(limit: 1)).partner.id
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    _ = try await store.update(id, by: "ann", reason: nil, at: moment()) {
                        $0.configuration.concurrencyLimit += 1
                    }
                }
            }
            try await group.waitForAll()
        }
        let record = try #require(try await store.partner(id: id))
        #expect(record.partner.configuration.concurrencyLimit == 101)
        #expect(record.pending.map(\.change) == [.concurrencyLimit(101)])
        #expect(try await test.count("setting_changes") == 100)
    }
}
