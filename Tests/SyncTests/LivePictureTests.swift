import Domain
import Foundation
import NIOCore
import Store
import TestSupport
import Testing

@testable import Sync

@Suite("Live picture")
struct LivePictureTests {
    private let start = Date(timeIntervalSince1970: 1_730_900_000)

    private func record(_ index: Int, isActive: Bool = true, sync: SyncState = SyncState()) -> PartnerRecord {
        var configuration = PartnerDraft.sample("Partner \"\(index)\" é\u{2028}", limit: 10 + index).configuration
        configuration.isActive = isActive
        return PartnerRecord(
            partner: Partner(
                id: PartnerID("p\(index)"), configuration: configuration, revision: 1, createdAt: start,
                updatedAt: start),
            sync: sync, pending: [])
    }

    private func snapshot(_ index: Int, age: TimeInterval = 10, active: Int = 2) -> Snapshot {
        let metrics = Metrics(
            campaignsToday: index, runningCampaigns: 2, activeCalls: active, queuedCalls: 4, completedCallsToday: 5,
            voicemailCount: 6, customerEndedCount: 7, remainingCalls: 8, concurrencyLimit: 3)
        return Snapshot(
            partnerID: PartnerID("p\(index)"), metrics: metrics, judgement: Judgement(level: .normal, message: nil),
            time: start - age, fetchMilliseconds: 42)
    }

    private func picture(
        _ records: [PartnerRecord], _ snapshots: [Snapshot] = [], clock: any WallClock
    ) -> LivePicture {
        let picture = LivePicture(
            snapshots: Dictionary(uniqueKeysWithValues: snapshots.map { ($0.partnerID, $0) }), settings: Settings(),
            clock: clock)
        picture.change { canvas in for record in records { canvas.set(record) } }
        return picture
    }

    private func decoded(_ json: EncodedJSON) throws -> NSObject {
        try #require(
            try JSONSerialization.jsonObject(with: Data(json.body.readableBytesView)) as? NSObject)
    }

    @Test("The partners' JSON says exactly what an independent encoder says")
    func partnersJSON() throws {
        let failed = SyncState(
            status: .failed, lastSyncAt: start - 5, lastErrorMessage: "No \"way\"\n", consecutiveFailures: 3,
            lastFailure: .ssh, nextSyncAt: start + 60)
        let picture = picture(
            [record(1, sync: failed), record(2), record(3, isActive: false)],
            [snapshot(1), snapshot(3, age: 1_000)], clock: ManualClock(start))
        let expected: [[String: Any]] = [
            [
                "partner": partner(1, status: "FAILED", failed) as Any,
                "snapshot": snapshotJSON(1, level: "ERROR", message: "No \"way\"\n", time: "2024-11-06T13:33:10Z"),
            ],
            ["partner": partner(2, status: "NEVER_SYNCED", SyncState()), "snapshot": NSNull()],
            [
                "partner": partner(3, status: "NEVER_SYNCED", SyncState(), isActive: false),
                "snapshot": snapshotJSON(
                    3, level: "NORMAL", message: NSNull(), time: "2024-11-06T13:16:40Z", isStale: true),
            ],
        ]
        let answer = try #require(try decoded(picture.partners()) as? NSArray)
        #expect(answer == expected as NSArray)
    }

    @Test("The keys stand in the documented order, ours after them")
    func keyOrder() throws {
        let picture = picture([record(1)], [snapshot(1)], clock: ManualClock(start))
        let text = String(buffer: picture.partners().body)
        let keys = [
            "partner", "id", "partnerName", "tenantId", "concurrencyLimit", "pauseNonPriorityCampaigns", "isActive",
            "lastSyncAt", "lastSyncStatus", "lastErrorMessage", "nextSyncAt", "snapshot", "campaignsToday",
            "runningCampaigns", "activeCalls", "queuedCalls", "completedCallsToday", "voicemailCount",
            "customerEndedCount", "remainingCalls", "utilizationPercent", "alertLevel", "snapshotTime",
            "dataFetchTimeMs", "concurrencyLimit", "alertMessage", "isStale",
        ]
        #expect(text.matches(of: /"(\w+)":/).map { String($0.1) } == keys)
    }

    @Test("The overview sums the active partners and says on how many fresh readings it rests")
    func overviewJSON() throws {
        let picture = picture(
            [record(1), record(2), record(3, isActive: false), record(4), record(5)],
            [snapshot(1, active: 1), snapshot(2, age: 361, active: 3), snapshot(3), snapshot(4, age: 20, active: 3)],
            clock: ManualClock(start))
        let expected: [String: Any] = [
            "campaignsToday": 7, "runningCampaigns": 6, "activeCalls": 7, "queuedCalls": 12,
            "completedCallsToday": 15, "remainingCalls": 24, "totalPartners": 5, "activePartners": 4,
            "avgUtilization": 77.78, "lastUpdated": "2024-11-06T13:33:10Z", "freshPartners": 2, "stalePartners": 2,
        ]
        #expect(try decoded(picture.overview()) == expected as NSDictionary)
    }

    @Test("Before the first snapshot the overview is of zeros and of the server's start")
    func emptyOverview() throws {
        let clock = ManualClock(start)
        let picture = picture([], clock: clock)
        clock.advance(by: .seconds(100))
        let overview = try #require(try decoded(picture.overview()) as? [String: Any])
        #expect(overview["lastUpdated"] as? String == "2024-11-06T13:33:20Z")
        #expect(overview["avgUtilization"] as? Int == 0)
        #expect(String(buffer: picture.partners().body) == "[]")
    }

    @Test("A tag changes exactly when the body does")
    func tags() throws {
        let picture = picture([record(1), record(2)], [snapshot(1)], clock: ManualClock(start))
        let first = picture.partners()
        #expect(picture.partners().etag == first.etag)
        picture.change { $0.set(record(1)) }
        #expect(picture.partners().etag == first.etag, "nothing in it changed")
        picture.change { $0.setVisited(PartnerID("p1"), true) }
        let visited = picture.partners()
        #expect(visited.etag != first.etag)
        #expect(String(buffer: visited.body).contains("IN_PROGRESS"))
        picture.change { $0.setVisited(PartnerID("p1"), false) }
        #expect(picture.partners().body == first.body)
        #expect(first.etag.hasPrefix("\"") && first.etag.hasSuffix("\""))
    }

    @Test("After a restart no tag of the one before comes again")
    func tagsAcrossRestarts() {
        let clock = ManualClock(start)
        let tags = (0..<100).map { _ in picture([record(1)], clock: clock).partners().etag }
        #expect(Set(tags).count == 100)
    }

    @Test("A partner becomes stale after three intervals without anything else happening, and the answers say so")
    func staleness() throws {
        let clock = ManualClock(start)
        let picture = picture([record(1), record(2)], [snapshot(1, age: 0), snapshot(2, age: 100)], clock: clock)
        func stale() throws -> [Bool?] {
            let answer = try #require(try decoded(picture.partners()) as? [[String: Any]])
            return answer.map { ($0["snapshot"] as? [String: Any])?["isStale"] as? Bool }
        }
        func fresh() throws -> Int? {
            (try decoded(picture.overview()) as? [String: Any])?["freshPartners"] as? Int
        }
        #expect(try stale() == [false, false])
        clock.advance(by: .seconds(261))
        #expect(try stale() == [false, true])
        #expect(try fresh() == 1)
        clock.advance(by: .seconds(100))
        #expect(try stale() == [true, true])
        #expect(try fresh() == 0)
        clock.set(start)
        #expect(try stale() == [false, false], "the clock was set back")
        #expect(picture.standings().map(\.isStale) == [false, false])
    }

    @Test("Other settings judge the picture anew")
    func settings() throws {
        let picture = picture([record(1)], [snapshot(1, active: 2)], clock: ManualClock(start))
        #expect(picture.standing(of: PartnerID("p1"))?.judgement?.level == .normal)
        var strict = Settings()
        strict.alertThreshold = 50
        picture.change { [strict] in $0.set(strict) }
        #expect(picture.standing(of: PartnerID("p1"))?.judgement?.level == .medium)
        #expect(String(buffer: picture.partners().body).contains("MEDIUM"))
    }

    @Test("Partners stand by name without regard to case, also after renaming and removing")
    func order() {
        let picture = picture([], clock: ManualClock(start))
        func set(_ id: String, _ name: String) {
            var record = record(1)
            record.partner = Partner(
                id: PartnerID(id), configuration: record.partner.configuration, revision: 1, createdAt: start,
                updatedAt: start)
            record.partner.configuration.name = name
            picture.change { [record] in $0.set(record) }
        }
        func names() -> [String] { picture.standings().map(\.partner.configuration.name) }
        for (id, name) in [("1", "beta"), ("2", "Alpha"), ("3", "delta"), ("4", "Gamma")] { set(id, name) }
        #expect(names() == ["Alpha", "beta", "delta", "Gamma"])
        set("2", "Zeta")
        set("4", "GAMMA")
        #expect(names() == ["beta", "delta", "GAMMA", "Zeta"])
        picture.change { $0.remove(PartnerID("3")) }
        #expect(names() == ["beta", "GAMMA", "Zeta"])
    }
}

extension LivePictureTests {
    private func partner(
        _ index: Int, status: String, _ sync: SyncState, isActive: Bool = true
    ) -> [String: Any] {
        let formatter = ISO8601DateFormatter()
        return [
            "id": "p\(index)", "partnerName": "Partner \"\(index)\" é\u{2028}", "tenantId": 7,
            "concurrencyLimit": 10 + index, "pauseNonPriorityCampaigns": false, "isActive": isActive,
            "lastSyncAt": sync.lastSyncAt.map { formatter.string(from: $0) } ?? NSNull(), "lastSyncStatus": status,
            "lastErrorMessage": sync.lastErrorMessage ?? NSNull(),
            "nextSyncAt": sync.nextSyncAt.map { formatter.string(from: $0) } ?? NSNull(),
        ]
    }

    private func snapshotJSON(
        _ index: Int, level: String, message: Any, time: String, isStale: Bool = false
    ) -> [String: Any] {
        [
            "campaignsToday": index, "runningCampaigns": 2, "activeCalls": 2, "queuedCalls": 4,
            "completedCallsToday": 5, "voicemailCount": 6, "customerEndedCount": 7, "remainingCalls": 8,
            "utilizationPercent": 66.67, "alertLevel": level, "snapshotTime": time, "dataFetchTimeMs": 42,
            "concurrencyLimit": 3, "alertMessage": message, "isStale": isStale,
        ]
    }
}
