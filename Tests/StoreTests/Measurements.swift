import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

/// Figures, not rules: run with `JOBTALK_MEASURE=1`.
@Suite(
    "Measurements of the store", .enabled(if: ProcessInfo.processInfo.environment["JOBTALK_MEASURE"] != nil),
    .serialized)
struct Measurements {
    let test: TestStore

    init() async throws {
        test = try await TestStore()
    }

    private func addPartners(_ count: Int) async throws -> [PartnerID] {
        try await withThrowingTaskGroup(of: PartnerID.self) { group in
            for number in 0..<count {
                group.addTask { try await test.store.add(draft("Partner \(number)")).partner.id }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("Removing a million snapshots beside a writer")
    func removal() async throws {
        let ids = try await addPartners(1000)
        let clock = ContinuousClock()
        try await test.fillSnapshots(perPartner: 1000)
        let quiet = try await writerLatencies(ids) { try await Task.sleep(for: .seconds(2)) }
        print("writer alone: \(quiet)")
        let start = clock.now
        let busy = try await writerLatencies(ids) {
            let removed = try await test.store.removeExpired(before: moment(100_000_000), now: moment())
            print("removed \(removed) rows in \(clock.now - start)")
        }
        print("writer beside the removal: \(busy)")
    }

    /// What visits wait for, one every 20 ms, while `work` runs.
    private func writerLatencies(_ ids: [PartnerID], during work: () async throws -> Void) async throws -> String {
        let clock = ContinuousClock()
        let writer = Task {
            var waits: [Duration] = []
            while !Task.isCancelled {
                let id = ids[waits.count % ids.count]
                let start = clock.now
                _ = try await test.store.record(success(id, at: moment(200_000_000 + waits.count)))
                waits.append(clock.now - start)
                guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { break }
            }
            return waits.sorted()
        }
        try await work()
        writer.cancel()
        let waits = try await writer.value
        let shares = [0.5, 0.95, 0.99, 1].map { share in
            "\(Int(share * 100))%: \(waits[min(waits.count - 1, Int(Double(waits.count) * share))])"
        }
        return "\(waits.count) writes, " + shares.joined(separator: ", ")
    }

    @Test("Size of a snapshot as visits store it, and the latest of all partners")
    func sizes() async throws {
        let ids = try await addPartners(1000)
        let clock = ContinuousClock()
        let before = try await pages()
        let start = clock.now
        for round in 0..<100 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids {
                    group.addTask { _ = try await test.store.record(visit(id, round)) }
                }
                try await group.waitForAll()
            }
        }
        print("100 000 visits, 1 000 at a time: \((clock.now - start) / 100) a thousand")
        print("bytes a snapshot, in the order of visits: \(Double((try await pages() - before) * 4096) / 100_000)")
        let read = clock.now
        let latest = try await test.store.latestSnapshots()
        print("latest of \(latest.count) partners of 100 000 snapshots: \(clock.now - read)")
        let list = clock.now
        let partners = try await test.store.partners()
        print("list of \(partners.count) partners: \(clock.now - list)")
    }

    @Test("The latest snapshots after ninety days of two minutes")
    func latest() async throws {
        _ = try await addPartners(40)
        try await test.fillSnapshots(perPartner: 64_800)
        for _ in 0..<2 {
            let start = ContinuousClock.now
            let latest = try await test.store.latestSnapshots()
            print("latest of \(latest.count) partners with 64 800 snapshots each: \(ContinuousClock.now - start)")
        }
        print("bytes a snapshot, in the order of time: \(Double(try await pages() * 4096) / (40 * 64_800))")
    }

    @Test("Ninety days of one partner and of all, for charts")
    func history() async throws {
        let ids = try await addPartners(40)
        try await test.fillSnapshots(perPartner: 64_800)
        try await test.execute(
            """
            WITH RECURSIVE minutes (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM minutes WHERE n + 1 < 90 * 1440)
            INSERT INTO totals SELECT ? + n * 60000, 1, 2, 3, n % 50, 5, 6, 7, 8, 9, 10 FROM minutes
            """, moment())
        let end = moment(90 * 86_400)
        for (days, points) in [(1.0, 500), (7, 500), (90, 500), (90, 2_000)] {
            let window = try HistoryWindow(
                from: end - days * 86_400, to: end, points: points, finest: 60, now: end)
            let (start, clock) = (ContinuousClock.now, ContinuousClock())
            let one = try await test.store.history(of: ids[7], in: window)
            let between = clock.now
            let all = try await test.store.history(in: window)
            print(
                "\(days) days in steps of \(window.stepSeconds) s: one partner \(one.steps.count) steps \(between - start),",
                "totals \(all.steps.count) steps \(clock.now - between)")
        }
    }

    @Test("A password's hash at the standard cost")
    func password() async throws {
        let hasher = PasswordHasher()
        let start = ContinuousClock.now
        for _ in 0..<5 {
            _ = try await hasher.hash(Secret("correct horse"))
        }
        print("hash: \((ContinuousClock.now - start) / 5)")
    }

    private func pages() async throws -> Int {
        try await test.rows("PRAGMA page_count")[0].get("page_count")
    }

    private func visit(_ id: PartnerID, _ round: Int) -> VisitRecord {
        let time = moment(round * 120)
        let metrics = Metrics(
            campaignsToday: 42, runningCampaigns: 88, activeCalls: 70 + round % 9, queuedCalls: 300 + round % 50,
            completedCallsToday: 12000 + round, voicemailCount: 4500, customerEndedCount: 8000,
            remainingCalls: 53700 - round, concurrencyLimit: 100)
        let judgement =
            round % 5 == 0
            ? Judgement(level: .critical, message: "High queue (250) with low utilization (12.5%)")
            : Judgement(level: .normal, message: nil)
        return success(
            id, at: time,
            snapshot: Snapshot(
                partnerID: id, metrics: metrics, judgement: judgement, time: time, fetchMilliseconds: 1250))
    }
}
