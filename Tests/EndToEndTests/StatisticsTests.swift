import Domain
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.needsMariaDB, .needsSSHServer) struct StatisticsTests {
        private static let limit = 3

        @Test("Of 50 partners one is silent: within its time limit and a second the other 49 are right")
        func silentPartner() async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            try await console.change([
                "connectionTimeout": JSON(Self.limit), "queryTimeout": JSON(Self.limit), "refreshInterval": 3600,
            ])
            let hole = try BlackHole()
            let scenes = try await (0..<4).asyncMap { try await Scene.make(seed: UInt64(60 + $0)) }
            for number in 10..<60 {
                let scene = scenes[number % 4]
                let body = number % 2 == 0 ? scene.tunneled("Partner \(number)") : scene.direct("Partner \(number)")
                _ = try await console.add(number == 41 ? body.merging(["dbPort": JSON(hole.port)]) : body)
            }
            _ = try await eventually(within: .seconds(30), "the first snapshot of all 49") {
                try await console.read("/api/dashboard/overview")["freshPartners"].int == 49 ? true : nil
            }
            let (query, range) = try Self.today()
            let start = ContinuousClock.now
            let answer = try await console.read("/api/all-partners/period-stats?\(query)")
            let elapsed = start.duration(to: .now)
            #expect(elapsed < .seconds(Self.limit + 1), "it took \(elapsed)")

            let breakdown = answer["partnerBreakdown"].array
            #expect(breakdown.map { $0["partnerName"].string } == (10..<60).map { "Partner \($0)" })
            #expect(answer["success"].bool == true)
            #expect(answer["failedPartners"].int == 1)
            var total = 0
            for (place, entry) in breakdown.enumerated() {
                let isSilent = place + 10 == 41
                let expected =
                    isSilent
                    ? PeriodStatistics() : scenes[(place + 10) % 4].rows.expectedStatistics(of: range)
                #expect(entry["error"].string == (isSilent ? "Database connection failed: Timed out after 3 s" : nil))
                #expect(Self.matches(entry["calls"], expected.calls), "\(entry)")
                #expect(Self.matches(entry["submittals"], expected.submittals), "\(entry)")
                total += expected.calls.total
            }
            #expect(answer["aggregated"]["calls"]["total"].int == total)
            await server.process.stop()
        }

        @Test("While a long statistic runs the picture stays fresh; a client that leaves frees its session")
        func longStatistic() async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            try await console.change(["refreshInterval": 5])
            let scene = try await Scene.make(seed: 70)
            try await scene.database.execute(
                """
                RENAME TABLE ats_submittals TO kept;
                CREATE VIEW ats_submittals AS SELECT id, status, createdAt FROM kept WHERE SLEEP(1) = 0
                """, database: scene.account.database)
            let id = try await console.add(scene.tunneled("Slow"))
            _ = try await console.metrics(of: id)
            let sessions = { @Sendable in
                let answer = try await scene.database.execute(
                    "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = '\(scene.account.username)'")
                return Int(answer.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            let path = "/api/partners/\(id)/period-stats?\(try Self.today().query)"
            let client = Task { try await console.read(path) }
            _ = try await eventually("a session of its own") { try await sessions() == 2 ? true : nil }
            let end = ContinuousClock.now + .seconds(12)
            while ContinuousClock.now < end {
                let metrics = try await console.read("/api/partners/\(id)/metrics")
                let age = try -#require(metrics["snapshotTime"].date).timeIntervalSinceNow
                // The API gives whole seconds, rounded down.
                #expect(age < 5 + 2 + 1, "the snapshot became \(age) s old")
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(try await sessions() == 2)
            client.cancel()
            _ = try await eventually(within: .seconds(10), "the session to be gone") {
                try await sessions() == 1 ? true : nil
            }
            await server.process.stop()
        }

        /// The present business day as a query, and by the system's own calendar.
        private static func today() throws -> (query: String, range: Range<Date>) {
            let range = try Scene.today()
            let noon = range.lowerBound + 12 * 3600
            let day = noon.formatted(.iso8601.year().month().day())
            return ("start_date=\(day)&end_date=\(day)", range)
        }

        private static func matches(_ answer: JSON, _ expected: StatusCounts) -> Bool {
            answer["total"].int == expected.total
                && expected.byStatus.allSatisfy { answer["byStatus"][$0.status].int == $0.count }
        }
    }
}
