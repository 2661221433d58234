import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Changes of limit and pause, and their history")
struct ChangesTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    private func change(
        _ change: SettingChange, of id: PartnerID, by user: String = "ann", reason: String? = nil, at seconds: Int = 0
    ) async throws -> (partner: PartnerRecord, changeID: Int64) {
        try await store.change(change, of: id, by: user, reason: reason, at: moment(seconds))
    }

    @Test("A change is the value, its history row and a pending change, and nothing else of the partner")
    func stored() async throws {
        let before = try await store.add(draft())
        let id = before.partner.id
        let (record, changeID) = try await change(.concurrencyLimit(20), of: id, reason: "peak", at: 60)
        #expect(
            record.pending == [
                PendingChange(changeID: changeID, change: .concurrencyLimit(20), since: moment(60), error: nil)
            ])
        var expected = before.partner
        expected.configuration.concurrencyLimit = 20
        expected.updatedAt = moment(60)
        #expect(record.partner == expected)
        #expect(record.sync == before.sync)
        #expect(
            try await store.changes(of: id, limit: 9) == [
                RecordedChange(
                    id: changeID, old: .concurrencyLimit(10), new: .concurrencyLimit(20), reason: "peak",
                    changedBy: "ann", changedAt: moment(60), syncedAt: nil, syncError: nil)
            ])
    }

    @Test("A damaged secret is no hindrance, and stays as it is")
    func damagedSecret() async throws {
        let id = try await store.add(draft()).partner.id
        try await test.execute("UPDATE secrets SET sealed = ?", Data("damaged".utf8))
        let record = try await change(.concurrencyLimit(20), of: id).partner
        #expect(record.partner.configuration.ssh.authMethod == .privateKey)
        #expect(try await test.count("secrets") == 3)
    }

    @Test("The history is newest first, of either field, and at most as long as asked for")
    func history() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await store.add(draft("Other"))
        _ = try await change(.concurrencyLimit(20), of: id, at: 1)
        _ = try await change(.pauseNonPriorityCampaigns(false), of: id, at: 1)
        let last = try await change(.concurrencyLimit(30), of: id, by: "bob", at: 2).changeID
        try await store.recordApplied(.written, changeID: last, at: moment(5))
        let changes = try await store.changes(of: id, limit: 9)
        #expect(
            changes.map(\.new) == [.concurrencyLimit(30), .pauseNonPriorityCampaigns(false), .concurrencyLimit(20)])
        #expect(
            changes.map(\.old) == [.concurrencyLimit(20), .pauseNonPriorityCampaigns(true), .concurrencyLimit(10)])
        #expect(changes.map(\.changedBy) == ["bob", "ann", "ann"])
        #expect(changes.map(\.syncedAt) == [moment(5), nil, nil])
        #expect(changes.map(\.syncError) == [nil, nil, RecordedChange.replacement])
        #expect(try await store.changes(of: id, limit: 2) == Array(changes[..<2]))
        #expect(try await store.changes(of: PartnerID("nobody"), limit: 9).isEmpty)
    }

    @Test("A value found changed at the partner is a row by the partner, with it from the start")
    func takenOver() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await store.record(success(id, at: moment(60), takenOver: [.concurrencyLimit(33)]))
        let row = try #require(try await store.changes(of: id, limit: 9).first)
        #expect(row.old == .concurrencyLimit(10) && row.new == .concurrencyLimit(33))
        #expect(row.changedBy == "partner" && row.changedAt == moment(60) && row.syncedAt == moment(60))
    }

    @Test("A value that waits already is not stored again")
    func waitsAlready() async throws {
        let id = try await store.add(draft()).partner.id
        let first = try await change(.concurrencyLimit(20), of: id, at: 1)
        let second = try await change(.concurrencyLimit(20), of: id, by: "bob", at: 2)
        #expect(second.changeID == first.changeID && second.partner == first.partner)
        #expect(try await store.changes(of: id, limit: 9).map(\.changedBy) == ["ann"])
    }

    @Test("A value that is on file waits once more, and is in the history only if the partner had another")
    func repeated() async throws {
        let id = try await store.add(draft()).partner.id
        let found = try await change(.concurrencyLimit(10), of: id)
        #expect(found.partner.pending.map(\.change) == [.concurrencyLimit(10)])
        #expect(try await store.changes(of: id, limit: 9).isEmpty)
        try await store.recordApplied(.found, changeID: found.changeID, at: moment(1))
        #expect(try await test.count("setting_changes") == 0)
        #expect(try await store.partner(id: id)?.pending == [])

        let written = try await change(.concurrencyLimit(10), of: id)
        let applied = AppliedChange(previousValue: "7", wasInForce: false, isUnaudited: false)
        try await store.recordApplied(applied, changeID: written.changeID, at: moment(2))
        let made = try await change(.pauseNonPriorityCampaigns(true), of: id)
        try await store.recordApplied(.written, changeID: made.changeID, at: moment(3))
        let history = try await store.changes(of: id, limit: 9)
        #expect(history.map(\.old) == [.pauseNonPriorityCampaigns(true), .concurrencyLimit(7)])
        #expect(history.map(\.new) == [.pauseNonPriorityCampaigns(true), .concurrencyLimit(10)])
        #expect(history.map(\.syncedAt) == [moment(3), moment(2)])
    }

    @Test("What waited once more for a value on file leaves nothing behind when a newer change replaces it")
    func repeatedAndReplaced() async throws {
        let id = try await store.add(draft()).partner.id
        let first = try await change(.concurrencyLimit(10), of: id)
        let second = try await change(.concurrencyLimit(20), of: id)
        #expect(second.partner.pending.map(\.changeID) == [second.changeID])
        #expect(try await store.changes(of: id, limit: 9).map(\.id) == [second.changeID])
        // The partner confirms the first one late.
        try await store.recordApplied(.written, changeID: first.changeID, at: moment(9))
        #expect(try await test.count("setting_changes") == 1)
    }

    @Test("A partner that there is not cannot be changed")
    func unknown() async throws {
        await #expect {
            try await change(.concurrencyLimit(20), of: PartnerID("nobody"))
        } throws: { error in
            if case StoreError.partnerNotFound = error { true } else { false }
        }
    }

    @Test("A change is there after a kill at any moment after its acknowledgement")
    func survivesKill() async throws {
        let id = try await store.add(draft()).partner.id
        let (record, _) = try await change(.concurrencyLimit(20), of: id)
        let reopened = try await test.killed()
        #expect(try await reopened.store.partner(id: id) == record)
        #expect(try await reopened.store.changes(of: id, limit: 9) == store.changes(of: id, limit: 9))
    }
}
