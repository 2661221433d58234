import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What bad partners get: each its own sentence in the test, the log and the last error, in time, at nobody's cost.
    @Suite(.needsMariaDB, .needsSSHServer, .serialized) struct BadPartnerTests {
        static let limit = 2

        @Test(
            "Each kind of failure has its own sentence, within the time-out plus a second, and a good partner stays fresh"
        )
        func sentences() async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            try await console.change([
                "connectionTimeout": JSON(Self.limit), "queryTimeout": JSON(Self.limit), "refreshInterval": 5,
            ])
            let scene = try await Scene.make(seed: 20)
            let good = try await console.add(scene.tunneled("Good"))
            let props = try Props()
            let cases = try await props.cases(scene)
            for one in cases { try await check(one, console) }

            let sentences = Set(cases.map(\.sentence))
            #expect(sentences.count == cases.count)
            let metrics = try await console.metrics(of: good)
            let age = try -#require(metrics["snapshotTime"].date).timeIntervalSinceNow
            #expect(age < 5 + 2 + 1, "the good partner's snapshot is \(age) s old")
            await server.process.stop()
        }

        private func check(_ one: BadCase, _ console: Console) async throws {
            let id = try await console.add(one.body.merging(["partnerName": .string(one.name)]))
            let partner = try await eventually(within: .seconds(10), "a failed visit of \(one.name)") {
                let partner = try await console.read("/api/partners/\(id)")
                return partner["lastSyncStatus"].string == "FAILED" ? partner : nil
            }
            let error = try #require(partner["lastErrorMessage"].string)
            #expect(error.hasPrefix(one.sentence), "\(one.name), visit: \(error)")
            let logs = try await console.read("/api/partners/\(id)/logs").array
            let sync = try #require(logs.first { $0["operation"].string == "sync" })
            #expect(sync["status"].string == one.status, "\(one.name): \(sync)")
            #expect(sync["errorMessage"].string == error)
            #expect(try #require(sync["responseTimeMs"].int) <= (Self.limit + 1) * 1_000)
            try await checkTest(of: id, one, console)
            _ = try await console.delete("/api/partners/\(id)")
        }

        private func checkTest(of id: String, _ one: BadCase, _ console: Console) async throws {
            let started = ContinuousClock.now
            let test = try await console.post("/api/partners/\(id)/test-connection")
            let elapsed = ContinuousClock.now - started
            #expect(test.status == 200)
            #expect(elapsed < .seconds(Self.limit + 1) + .milliseconds(200), "\(one.name): \(elapsed)")
            // The test has the partner visited afresh, which may leave a newer line.
            let logs = try await console.read("/api/partners/\(id)/logs").array
            let line = try #require(logs.first { $0["operation"].string == "test" })
            if one.passesTest {
                #expect(test.body["success"].bool == true, "\(one.name): \(test.body)")
            } else {
                let message = try #require(test.body["message"].string)
                #expect(message.hasPrefix(one.sentence), "\(one.name), test: \(message)")
                #expect(test.body["details"]["failedStage"].string == one.stage, "\(one.name): \(test.body)")
                #expect(line["status"].string == one.status)
                #expect(line["errorMessage"].string == message)
            }
        }
    }
}

/// One way for a partner to be bad, and what is said about it.
private struct BadCase: Sendable {
    let name: String
    let body: JSON
    let sentence: String
    let stage: String
    let status: String
    /// The visit fails, though the test, which reads no calls, does not.
    var passesTest = false
}

/// The bad servers of one test; they listen as long as this exists.
private struct Props {
    let refused: RefusedPort
    let silent: BlackHole
    let web: CutServer
    let mail: ForeignServer
    let cutSSH: CutServer
    let cutDatabase: CutServer

    init() throws {
        refused = try RefusedPort()
        silent = try BlackHole()
        web = try CutServer(says: "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        mail = try ForeignServer(says: "220 mail.example.com ESMTP\r\n")
        cutSSH = try CutServer(says: "SSH-2.0-OpenSSH_9.2p1\r\n")
        cutDatabase = try CutServer(says: "\u{4a}\0\0\0\u{0a}5.5.5-10.11")
    }

    func cases(_ scene: Scene) async throws -> [BadCase] {
        bastions(scene) + databases(scene) + logins(scene) + (try await schemas(scene))
    }

    private func bastions(_ scene: Scene) -> [BadCase] {
        func make(
            _ name: String, _ ssh: JSON, _ sentence: String, _ status: String = "SSH_FAILED",
            stage: String = "ssh-connect"
        ) -> BadCase {
            .init(
                name: name, body: scene.tunneled(name).merging(["sshConfig": ssh]),
                sentence: "SSH connection failed: \(sentence)", stage: stage, status: status)
        }
        return [
            make("ssh unknown host", ["host": "no-such-host.invalid"], "Host name not found", stage: "resolve"),
            make("ssh refused", ["port": JSON(refused.port)], "Connection refused"),
            make("ssh silent", ["port": JSON(silent.port)], "Timed out after 2 s", "TIMEOUT"),
            make("ssh other protocol", ["port": JSON(web.port)], "Not an SSH server"),
            make("ssh cut", ["port": JSON(cutSSH.port)], "The server closed the connection"),
            make(
                "ssh other key", ["hostKeyFingerprint": "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
                "Host key changed: expected SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA got ",
                stage: "ssh-host-key"),
        ]
    }

    private func databases(_ scene: Scene) -> [BadCase] {
        func make(
            _ name: String, _ change: JSON, _ sentence: String, _ status: String = "DB_FAILED",
            stage: String = "db-connect"
        ) -> BadCase {
            .init(
                name: name, body: scene.direct(name).merging(change),
                sentence: "Database connection failed: \(sentence)", stage: stage, status: status)
        }
        return [
            make("db unknown host", ["dbHost": "no-such-host.invalid"], "Host name not found", stage: "resolve"),
            make("db refused", ["dbPort": JSON(refused.port)], "Connection refused"),
            make("db silent", ["dbPort": JSON(silent.port)], "Timed out after 2 s", "TIMEOUT"),
            make("db other protocol", ["dbPort": JSON(mail.port)], "Not a MySQL"),
            make("db cut", ["dbPort": JSON(cutDatabase.port)], "The server closed the connection", stage: "db-auth"),
            .init(
                name: "db refused behind bastion", body: scene.tunneled("").merging(["dbPort": JSON(refused.port)]),
                sentence: "Database connection failed: The SSH server cannot reach", stage: "tunnel",
                status: "DB_FAILED"),
        ]
    }

    private func logins(_ scene: Scene) -> [BadCase] {
        [
            .init(
                name: "ssh wrong password",
                body: scene.tunneled("", login: ["password": "wrong password"]),
                sentence: "SSH connection failed: Authentication failed", stage: "ssh-auth", status: "SSH_FAILED"),
            .init(
                name: "db wrong password", body: scene.direct("").merging(["dbPassword": "wrong password"]),
                sentence: "Database connection failed: Access denied for user '\(scene.account.username)'",
                stage: "db-auth", status: "DB_FAILED"),
        ]
    }

    private func schemas(_ scene: Scene) async throws -> [BadCase] {
        var lacking = PartnerSchema()
        lacking.missing = [.calls]
        let broken = try await scene.database.makePartner(lacking, rows: scene.rows)
        let slow = try await scene.database.makePartner(rows: scene.rows)
        try await scene.database.execute(
            """
            RENAME TABLE calls TO kept;
            CREATE VIEW calls AS SELECT id, status, endReason, createdAt, updatedAt, contactId, campaignId, duration
                FROM kept WHERE SLEEP(0.5) = 0;
            """, database: slow.database)
        return [
            .init(
                name: "no calls", body: scene.direct("").at(broken),
                sentence: "Schema check failed: table \"calls\" not found", stage: "schema", status: "QUERY_FAILED"),
            .init(
                name: "slow", body: scene.direct("").at(slow), sentence: "Query failed: Timed out after 2 s",
                stage: "query", status: "TIMEOUT", passesTest: true),
        ]
    }
}

extension JSON {
    /// The body of a partner, moved to another database of the same server.
    fileprivate func at(_ account: MariaDBServer.Account) -> JSON {
        merging([
            "dbName": .string(account.database), "dbUsername": .string(account.username),
            "dbPassword": .string(account.password),
        ])
    }
}
