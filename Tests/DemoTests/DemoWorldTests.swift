import Domain
import Foundation
import GRDB
import Logging
import Testing
import TestSupport

@testable import Demo

@Suite("The pretend world's files")
struct DemoWorldTests {
    let directory: TemporaryDirectory
    let clock = ManualClock(PlatformTests.lateMorning)

    /// When `lateMorning`'s day began in New York.
    private static let midnight = 1_762_923_600

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("A dozen partners: eleven files, ten of them whole, and one server that is not there")
    func dozen() async throws {
        let world = try await DemoWorld(
            directory: directory.url, count: 12, clock: clock, logger: Logger(label: "test"))
        #expect(world.partners.count == 12)
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.url.path).filter {
            $0.hasSuffix(".sqlite")
        }
        #expect(Set(files) == Set(world.partners.filter { $0.databaseKind == .sqlite }.compactMap(\.databaseName)))
        #expect(files.count == 11)
        var broken = 0
        for file in files {
            if try await !columns(of: "calls", in: file).contains("endReason") { broken += 1 }
        }
        #expect(broken == 1)
        let again = try await DemoWorld(
            directory: directory.url, count: 12, clock: clock, logger: Logger(label: "test"))
        #expect(again.partners == world.partners)
    }

    @Test("A new dozen has a past, read at the same moments of all; its last page is what the file holds")
    func past() async throws {
        let world = try await DemoWorld(
            directory: directory.url, count: 12, clock: clock, logger: Logger(label: "test"))
        let readable = world.past.filter { !$0.value.isEmpty }
        #expect(readable.count == 10)
        #expect(Set(readable.values.map { $0.map(\.time) }).count == 1)
        for profile in Profile.population(12) {
            guard let readings = readable[profile.name], let last = readings.last else { continue }
            #expect(last.time == clock.now && readings[0].time > clock.now - 7 * 86_400)
            #expect(zip(readings, readings.dropFirst()).allSatisfy { $0.time < $1.time })
            let file = PartnerFile(profile, in: directory.url)
            let today = "updatedAt >= datetime(\(Self.midnight), 'unixepoch')"
            let ended = "calls WHERE status = 'ENDED' AND \(today)"
            let metrics = Metrics(
                campaignsToday: try await count(
                    "campaigns WHERE createdAt >= datetime(\(Self.midnight), 'unixepoch')", in: file),
                runningCampaigns: try await count("campaigns WHERE status = 'RUNNING'", in: file),
                activeCalls: try await count("calls WHERE status = 'INPROGRESS'", in: file),
                queuedCalls: try await count("calls WHERE status = 'QUEUED'", in: file),
                completedCallsToday: try await count(ended, in: file),
                voicemailCount: try await count("\(ended) AND endReason = 'voicemail'", in: file),
                customerEndedCount: try await count("\(ended) AND endReason = 'customer-ended-call'", in: file),
                remainingCalls: try await count(
                    """
                    _campaigntocontact l JOIN campaigns c ON c.id = l.A AND c.status = 'RUNNING' LEFT JOIN calls k
                    ON k.campaignId = l.A AND k.contactId = l.B
                    WHERE k.id IS NULL OR k.status IN ('QUEUED', 'INPROGRESS')
                    """, in: file),
                concurrencyLimit: profile.limit)
            #expect(last.metrics == metrics, "\(profile.name)")
        }
        let again = try await DemoWorld(
            directory: directory.url, count: 12, clock: clock, logger: Logger(label: "test"))
        #expect(again.past.values.allSatisfy { $0.isEmpty })
    }

    @Test("Moves are seen in the file, and a platform read back goes on where it stood")
    func moves() async throws {
        let file = PartnerFile(Profile.population(12)[0], in: directory.url)
        try await file.createIfMissing(past: 3600, at: clock.now)
        let before = try await count("calls", in: file)
        var platform = try await file.move(nil, to: clock.now + 30, retention: 86_400)
        platform = try await file.move(platform, to: clock.now + 60, retention: 86_400)
        #expect(try await count("calls", in: file) > before)
        #expect(try await count("calls WHERE status = 'INPROGRESS'", in: file) == platform.active.count)
        #expect(try await count("calls WHERE status = 'QUEUED'", in: file) == platform.queue.count)
        #expect(try await count("campaigns WHERE status = 'RUNNING'", in: file) == platform.campaigns.count)
        let read = try await file.move(nil, to: clock.now + 60, retention: 86_400)
        #expect(read.next == platform.next)
        #expect(read.queue == platform.queue)
        #expect(read.campaigns == platform.campaigns)
    }

    @Test("What an operator writes into settings is obeyed at the next move")
    func obeys() async throws {
        let file = PartnerFile(Profile.population(12)[2], in: directory.url)
        try await file.createIfMissing(past: 600, at: clock.now)
        try await write("UPDATE settings SET value = '20' WHERE name = 'callConcurrency'", to: file)
        let platform = try await file.move(nil, to: clock.now + 10, retention: 86_400)
        #expect(platform.active.count == 20)
        try await write("UPDATE settings SET value = 'true' WHERE name = 'pauseNonPriorityCampaigns'", to: file)
        let paused = try await file.move(platform, to: clock.now + 1800, retention: 86_400)
        let priority = Set(paused.campaigns.filter(\.hasPriority).map(\.id))
        #expect(paused.active.allSatisfy { priority.contains($0.call.campaignID) })
    }

    @Test("Files do not grow without end")
    func bounded() async throws {
        let file = PartnerFile(Profile.population(13)[12], in: directory.url)
        try await file.createIfMissing(past: 60, at: clock.now)
        var platform: Platform?
        var sizes: [Int] = []
        for hour in 1...96 {
            platform = try await file.move(platform, to: clock.now + Double(hour) * 3600, retention: 12 * 3600)
            sizes.append(try await count("calls", in: file))
        }
        #expect(sizes[24..<48].max() ?? 0 > 50)
        #expect(sizes[72...].max() ?? .max <= 2 * (sizes[24..<48].max() ?? 0))
        #expect(try await count("campaigns", in: file) < 60)
    }

    @Test("Readers are not blocked while the traffic moves")
    func readable() async throws {
        let file = PartnerFile(Profile.population(12)[1], in: directory.url)
        try await file.createIfMissing(past: 600, at: clock.now)
        let reader = try DatabaseQueue(path: file.url.path)
        let seen = try await reader.read { database in
            let first = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM calls")
            return (first, try String.fetchOne(database, sql: "PRAGMA journal_mode"))
        }
        #expect(seen.1 == "wal")
        #expect(seen.0 ?? 0 > 0)
    }

    @Test("Whoever holds a file keeps the moves waiting, and nobody else")
    func blocksNobody() async throws {
        let profile = Profile.population(12)[1]
        var unsafe = Configuration()
        unsafe.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: directory.path(profile.fileName), configuration: unsafe)
        try await holder.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        try await withThrowingTaskGroup { group in
            for _ in 0..<6 * ProcessInfo.processInfo.activeProcessorCount {
                let file = PartnerFile(profile, in: directory.url)
                group.addTask { [clock] in
                    await #expect(throws: (any Error).self) {
                        _ = try await file.move(nil, to: clock.now, retention: 86_400)
                    }
                }
            }
            let began = ContinuousClock.now
            for _ in 0..<10 { try await Task.sleep(for: .milliseconds(10)) }
            // Each move waits for 2 s: on the threads that all tasks share, that would make 12.
            #expect(began.duration(to: .now) < .seconds(6))
            try await holder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            try await group.waitForAll()
        }
        try holder.close()
    }

    private func count(_ what: String, in file: PartnerFile) async throws -> Int {
        try await DatabaseQueue(path: file.url.path).read {
            try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(what)") ?? -1
        }
    }

    private func columns(of table: String, in file: String) async throws -> [String] {
        try await DatabaseQueue(path: directory.path(file)).read { try $0.columns(in: table).map(\.name) }
    }

    private func write(_ sql: String, to file: PartnerFile) async throws {
        try await DatabaseQueue(path: file.url.path).write { try $0.execute(sql: sql) }
    }
}
