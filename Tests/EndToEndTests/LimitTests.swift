import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Limits and pauses, from the console's API to the partner's rows.
    @Suite(.needsMariaDB) struct LimitTests {
        @Test("A limit and a pause reach the partner's settings, each with one audit row, and nothing else is said")
        func statements() async throws {
            let database = try await MariaDBServer.start(["--general-log=1", "--log-output=TABLE"])
            let scene = try await Scene.make(seed: 70, database: database)
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            try await console.change(["refreshInterval": 3600])
            let id = try await console.add(scene.direct("Logged"))
            _ = try await console.metrics(of: id)
            #expect(try await console.setLimit(15, of: id)["syncedToPartner"].bool == true)
            let pause = try await console.post("/api/partners/\(id)/pause-non-priority", ["enabled": true])
            #expect(
                pause.body == [
                    "success": true, "message": "pauseNonPriorityCampaigns enabled", "syncedToPartner": true,
                ])
            // The numbers are read after the write.
            _ = try await console.metrics(of: id) { $0["concurrencyLimit"].int == 15 }
            #expect(await server.process.stop() == .exited(0))

            #expect(try await scene.setting("callConcurrency") == "15")
            #expect(try await scene.setting("pauseNonPriorityCampaigns") == "true")
            #expect(try await scene.audit().map(\.new) == ["15", "true"])
            let log = try await StatementLog(of: scene)
            #expect(log.strangers == [])
            #expect(log.written.count == 4, "\(log.written)")
            #expect(log.users == [scene.account.username])
            await database.stop()
        }

        @Test("A change made while the partner is down survives kill -9 and arrives once, and history tells when")
        func survivesKill() async throws {
            let database = try await MariaDBServer.start()
            let scene = try await Scene.make(seed: 71, database: database)
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            let id = try await console.add(scene.direct("Down"))
            _ = try await console.metrics(of: id)
            let before = try await scene.audit()

            await database.stop()
            let answer = try await console.setLimit(15, of: id, reason: "peak")
            #expect(answer["success"].bool == true && answer["pending"].bool == true)
            #expect(answer["syncedToPartner"].bool == false)
            #expect(answer["syncError"].string == "Database connection failed: Connection refused")
            await server.process.kill()

            try await database.resume()
            let restarted = Date()
            try await server.resume()
            let row = try await eventually(within: .seconds(70), "the change has arrived") {
                let rows = try await console.history(of: id)
                return rows.first?["syncedToPartner"].bool == true ? rows.first : nil
            }
            #expect(row["newValue"].int == 15 && row["reason"].string == "peak" && row["changedBy"].string == "admin")
            #expect(row["syncError"] == .null)
            let (changed, arrived) = (try #require(row["changedAt"].date), try #require(row["syncedAt"].date))
            #expect(changed < restarted && arrived.timeIntervalSince(restarted) > -1)
            #expect(try await console.history(of: id).count == 1)
            #expect(try await console.read("/api/partners/\(id)")["pendingChanges"].array.isEmpty)
            // And a further visit changes nothing.
            let first = try await console.metrics(of: id) { $0["concurrencyLimit"].int == 15 }
            _ = try await console.post("/api/partners/\(id)/force-sync")
            _ = try await console.metrics(of: id) { $0["id"] != first["id"] }
            #expect(try await scene.setting("callConcurrency") == "15")
            let audit = try await scene.audit()
            #expect(audit.count == before.count + 1 && audit.last?.new == "15")
            await server.process.stop()
            await database.stop()
        }

        @Test("A partner that says nothing is waited for less than 10 s")
        func silentPartner() async throws {
            let database = try await MariaDBServer.start()
            let scene = try await Scene.make(seed: 72, database: database)
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            let id = try await console.add(scene.direct("Silent"))
            _ = try await console.metrics(of: id)
            database.setFrozen(true)
            let started = ContinuousClock.now
            let answer = try await console.setLimit(15, of: id)
            #expect(started.duration(to: .now) < .seconds(10))
            #expect(answer["pending"].bool == true && answer["syncError"].string?.isEmpty == false)
            database.setFrozen(false)
            try await console.waitUntilSynced(id)
            #expect(try await scene.setting("callConcurrency") == "15")
            await server.process.stop()
            await database.stop()
        }

        @Test("A server that is told to stop answers whoever waits, and writes the change after its next start")
        func stops() async throws {
            let database = try await MariaDBServer.start()
            let scene = try await Scene.make(seed: 74, database: database)
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            let id = try await console.add(scene.direct("Stopping"))
            _ = try await console.metrics(of: id)
            database.setFrozen(true)
            async let answer = console.setLimit(15, of: id)
            try await eventually("the change is on file") {
                try await console.read("/api/partners/\(id)")["pendingChanges"].array.isEmpty ? nil : ()
            }
            let started = ContinuousClock.now
            #expect(await server.process.stop() == .exited(0))
            #expect(started.duration(to: .now) < .seconds(6))
            #expect(try await answer["syncError"].string?.hasPrefix("The server is stopping") == true)
            database.setFrozen(false)
            try await server.resume()
            try await console.waitUntilSynced(id)
            #expect(try await scene.setting("callConcurrency") == "15")
            await server.process.stop()
            await database.stop()
        }

        @Test("Killed at random moments during changes, the partner has one audit row for every value it ever had")
        func randomKills() async throws {
            let scene = try await Scene.make(seed: 73)
            let server = try await JobtalkServer(environment: ["JOBTALK_LOG_LEVEL": "warning"])
            let console = try await server.signIn()
            let id = try await console.add(scene.direct("Killed"))
            _ = try await console.metrics(of: id)
            let before = try await scene.audit()
            var confirmed: [Int] = []
            for round in 1...12 {
                async let changes = console.changeLimits(round * 30..<round * 30 + 30, of: id)
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...120)))
                await server.process.kill()
                confirmed += await changes
                try await server.resume()
                try await console.waitUntilSynced(id)
                try await check(scene, console, id, after: before.count, confirmed)
            }
            #expect(confirmed.count > 20, "too few changes were confirmed")
            await server.process.stop()
        }

        /// Every value is another one, so that the audit rows must be a chain that ends with what is in force.
        private func check(
            _ scene: Scene, _ console: Console, _ id: String, after count: Int, _ confirmed: [Int]
        ) async throws {
            let audit = try await scene.audit().dropFirst(count)
            let values = audit.compactMap { Int($0.new) }
            #expect(Set(values).count == audit.count, "a value was written twice: \(values)")
            #expect(zip(audit, audit.dropFirst()).allSatisfy { $0.new == $1.old }, "\(audit)")
            #expect(Set(confirmed).isSubset(of: values), "a confirmed value is missing: \(confirmed), \(values)")
            let onFile = try await console.read("/api/partners/\(id)")["concurrencyLimit"].int
            let inForce = try await scene.setting("callConcurrency")
            #expect(onFile.map { "\($0)" } == inForce)
            #expect(values.max().map { "\($0)" } ?? inForce == inForce)
            let synced = try await console.history(of: id).filter { $0["syncedToPartner"].bool == true }
            #expect(Set(synced.compactMap { $0["newValue"].int }) == Set(values), "history and audit differ")
        }
    }
}

extension Console {
    /// Changes a limit and returns the body of the answer.
    fileprivate func setLimit(_ limit: Int, of id: String, reason: String? = nil) async throws -> JSON {
        var body: JSON = ["newLimit": JSON(limit)]
        if let reason { body = body.merging(["reason": .string(reason)]) }
        let answer = try await post("/api/partners/\(id)/concurrency", body)
        guard answer.status == 200 else { throw Unexpected(answer) }
        return answer.body
    }

    /// Changes the limit again and again until the server is gone; returns the values that the partner confirmed.
    fileprivate func changeLimits(_ limits: Range<Int>, of id: String) async -> [Int] {
        var confirmed: [Int] = []
        do {
            for limit in limits where try await setLimit(limit, of: id)["syncedToPartner"].bool == true {
                confirmed.append(limit)
            }
        } catch {
            // It was killed.
        }
        return confirmed
    }

    /// The operators' changes: what the first visit took over from the partner is not among them.
    fileprivate func history(of id: String) async throws -> [JSON] {
        try await read("/api/partners/\(id)/concurrency-history?limit=1000").array
            .filter { $0["changedBy"].string == "admin" }
    }

    fileprivate func waitUntilSynced(_ id: String) async throws {
        try await eventually(within: .seconds(70), "no change waits any more") {
            try await read("/api/partners/\(id)")["pendingChanges"].array.isEmpty ? () : nil
        }
    }
}

extension Scene {
    fileprivate func setting(_ name: String) async throws -> String {
        try await database.execute("SELECT value FROM settings WHERE name = '\(name)'", database: account.database)
            .trimmingCharacters(in: .newlines)
    }

    /// The rows of our writes, in the order of writing: the table keeps no order, but the values of a test grow.
    fileprivate func audit() async throws -> [(old: String, new: String)] {
        let text = try await database.execute(
            """
            SELECT IFNULL(oldvalue, 'NULL'), newvalue FROM settings_auditlogs
            WHERE userid = 9999999999 ORDER BY CAST(newvalue AS UNSIGNED) = 0, CAST(newvalue AS UNSIGNED)
            """, database: account.database)
        return text.split(separator: "\n").map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return (fields[0], fields.count > 1 ? fields[1] : "")
        }
    }
}

/// All that the console said to a partner's database, from the server's general log.
private struct StatementLog {
    private let entries: [(user: String, command: String, text: String)]

    init(of scene: Scene) async throws {
        let text = try await scene.database.execute(
            """
            SELECT SUBSTRING_INDEX(user_host, '[', 1), command_type, REPLACE(REPLACE(argument, '\\n', ' '), '\\t', ' ')
            FROM mysql.general_log WHERE user_host NOT LIKE 'root[%' AND user_host NOT LIKE '[root]%'
            """)
        entries = text.split(separator: "\n").map { line in
            let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            return (fields[0], fields[1], fields.count > 2 ? Self.unmarked(fields[2]) : "")
        }
    }

    /// A statement without the mark of its session, by which an abandoned one is found and ended.
    private static func unmarked(_ statement: String) -> String {
        statement.replacing(#/ /\* jobtalk [0-9a-f]{1,16} \*/$/#, with: "")
    }

    /// Who logged in.
    var users: Set<String> {
        Set(
            entries.filter { $0.command == "Connect" }.compactMap {
                $0.text.split(separator: "@").first.map(String.init)
            })
    }

    /// What is on no list of what may ever be said.
    var strangers: [String] {
        entries.filter { entry in
            switch entry.command {
            case "Connect", "Quit": false
            case "Query": !(Self.reads + Self.writes).contains { entry.text.wholeMatch(of: $0) != nil }
            default: true
            }
        }.map { "\($0.command): \($0.text)" }
    }

    /// What was written, in order.
    var written: [String] {
        entries.map(\.text).filter { text in Self.writes.contains { text.wholeMatch(of: $0) != nil } }
    }

    private static var writes: [Regex<Substring>] {
        [
            /UPDATE `settings` SET `value` = '[0-9a-z]+' WHERE `name` = '(?:callConcurrency|pauseNonPriorityCampaigns)' AND CAST.*/,
            /INSERT INTO `settings` \(`name`, `value`\) VALUES \('(?:callConcurrency|pauseNonPriorityCampaigns)', '[0-9a-z]+'\)/,
            /INSERT INTO `settings_auditlogs` \(`userid`, `oldvalue`, `newvalue`, `createdat`\) VALUES \(9999999999, (?:NULL|'[0-9a-z]+'), '[0-9a-z]+', '[-0-9: ]+'\)/,
        ]
    }

    /// None of them reads `contacts`.
    private static var reads: [Regex<Substring>] {
        [
            /SET time_zone = '\+00:00'/, /START TRANSACTION/, /COMMIT/,
            /SELECT `value` FROM `settings` WHERE `name` = '(?:callConcurrency|pauseNonPriorityCampaigns)' AND CAST.*/,
            /SELECT TABLE_NAME, COLUMN_NAME FROM information_schema\.COLUMNS WHERE TABLE_SCHEMA = DATABASE\(\) .*/,
            /SET STATEMENT max_statement_time=[0-9.]+, time_zone='\+00:00' FOR SELECT (?:(?!INSERT|UPDATE|DELETE|;|`contacts`).)*/,
        ]
    }
}
