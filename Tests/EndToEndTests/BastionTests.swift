import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.needsMariaDB, .needsSSHServer) struct BastionTests {
        @Test("Fifty partners behind one bastion are all read, though it lets few strangers in at a time")
        func fiftyPartners() async throws {
            // Two handshakes at a time are our promise; sshd takes a moment to notice that one is done.
            let bastion = try await SSHServer.start(
                hostKeys: [.ed25519], extraLines: ["MaxStartups 4", "RekeyLimit 1M"])
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            let scenes = try await (0..<5).asyncMap { try await Scene.make(seed: UInt64(80 + $0), bastion: bastion) }
            var scenesByID: [String: Scene] = [:]
            for number in 0..<50 {
                let scene = scenes[number % scenes.count]
                scenesByID[try await console.add(scene.tunneled("Partner \(number)"))] = scene
            }
            for (id, scene) in scenesByID {
                let metrics = try await console.metrics(of: id, within: .seconds(60))
                #expect(try scene.matches(metrics), "\(metrics)")
            }
            for id in scenesByID.keys {
                try await expectNoFailure(of: id, console)
            }
            #expect(!bastion.log.contains("beginning MaxStartups throttling"))
            await server.process.stop()
            await bastion.stop()
        }

        @Test("When sshd or MariaDB was restarted between two visits, the next visit succeeds")
        func restarts() async throws {
            let bastion = try await SSHServer.start()
            // Even what was written just before a kill is to be there afterwards.
            let database = try await MariaDBServer.start(["--innodb-flush-log-at-trx-commit=1"])
            let scene = try await Scene.make(seed: 90, database: database, bastion: bastion)
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            try await console.change(["refreshInterval": 3600])
            let id = try await console.add(scene.tunneled("Restarted"))
            let active = try #require(try await console.metrics(of: id)["activeCalls"].int)

            let restarts: [@Sendable () async throws -> Void] = [
                { try await bastion.restart() }, { try await database.restart() },
                { try await database.restart(abruptly: true) },
                {
                    try await bastion.restart()
                    try await database.restart()
                },
            ]
            for (number, restart) in restarts.enumerated() {
                try await restart()
                try await database.execute(
                    EndToEnd.MainJobTests.oneMoreCall(9_001 + number), database: scene.account.database)
                _ = try await console.post("/api/partners/\(id)/force-sync")
                _ = try await console.metrics(of: id) { $0["activeCalls"].int == active + number + 1 }
            }
            try await expectNoFailure(of: id, console)
            await server.process.stop()
            await database.stop()
            await bastion.stop()
        }

        private func expectNoFailure(of id: String, _ console: Console) async throws {
            let failures = try await console.read("/api/partners/\(id)/logs").array
            #expect(failures.isEmpty, "a visit failed: \(failures.map { $0["errorMessage"].string ?? "?" })")
        }

        @Test("A changed host key is refused before any credential is sent, and accepted once the pin is cleared")
        func changedHostKey() async throws {
            let bastion = try await SSHServer.start(hostKeys: [.ed25519])
            let scene = try await Scene.make(seed: 91, bastion: bastion)
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            try await console.change(["refreshInterval": 3600])
            let id = try await console.add(scene.tunneled("Moved"))
            _ = try await console.metrics(of: id)
            let old = try await bastion.fingerprint()

            await bastion.stop()
            try await bastion.makeHostKeys([.ed25519])
            try await bastion.resume()
            let new = try await bastion.fingerprint()
            let logins = bastion.log.ranges(of: "userauth-request for user").count
            let test = try await console.post("/api/partners/\(id)/test-connection")
            #expect(
                test.body["message"].string
                    == "SSH connection failed: Host key changed: expected ssh-ed25519 \(old) got ssh-ed25519 \(new)")
            #expect(bastion.log.ranges(of: "userauth-request for user").count == logins)

            let cleared = try await console.put("/api/partners/\(id)", ["sshConfig": ["hostKeyFingerprint": .null]])
            #expect(cleared.status == 200)
            let again = try await console.post("/api/partners/\(id)/test-connection")
            #expect(again.body["success"].bool == true, "\(again.body)")
            await server.process.stop()
            await bastion.stop()
        }
    }
}
