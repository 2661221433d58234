import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What the whole thing is for, by the real program on a real database behind a real bastion.
    @Suite(.needsMariaDB, .needsSSHServer) struct MainJobTests {
        static let stages = [
            "resolve", "ssh-connect", "ssh-host-key", "ssh-auth", "tunnel", "db-connect", "db-auth", "schema",
        ]

        @Test("An operator adds a partner behind a bastion, tests it, and reads its true numbers")
        func partnerBehindBastion() async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            let scene = try await Scene.make()
            let id = try await console.add(scene.tunneled("ApTask"))

            let test = try await console.post("/api/partners/\(id)/test-connection")
            #expect(test.body["success"].bool == true, "\(test.body)")
            #expect(test.body["message"].string == "Connection successful via SSH tunnel")
            #expect(test.body["details"]["database"].string == scene.account.database)
            #expect(test.body["details"]["stages"].names == Self.stages)
            let shown = try #require(test.body["details"]["hostKeyFingerprint"].string)
            let keys = try await [
                scene.bastion.fingerprint(.ed25519), scene.bastion.fingerprint(.ecdsa), scene.bastion.fingerprint(.rsa),
            ]
            #expect(keys.contains { shown.hasSuffix($0) })

            let metrics = try await console.metrics(of: id)
            #expect(try scene.matches(metrics), "\(metrics)")
            await server.process.stop()
        }

        @Test("A partner is reached with a key, with and without passphrase", arguments: ["", "open sesame"])
        func partnerByKey(passphrase: String) async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            let scene = try await Scene.make(seed: 2)
            let key = try await SSHKeyPair.generate(.ed25519, passphrase: passphrase)
            try scene.bastion.authorize(key)
            let login: JSON = [
                "privateKey": .string(key.privateKey), "passphrase": passphrase.isEmpty ? .null : .string(passphrase),
            ]
            let id = try await console.add(scene.tunneled("ByKey", login: login))
            let metrics = try await console.metrics(of: id)
            #expect(try scene.matches(metrics), "\(metrics)")
            #expect(try await console.read("/api/partners/\(id)")["sshConfig"]["authMethod"].string == "privateKey")
            await server.process.stop()
        }

        @Test("A new row shows at the next interval, and sooner after a force sync")
        func freshRows() async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            try await console.change(["refreshInterval": 3600])
            let scene = try await Scene.make(seed: 3)
            let id = try await console.add(scene.tunneled("Moving"))
            let before = try #require(try await console.metrics(of: id)["activeCalls"].int)

            try await scene.database.execute(Self.oneMoreCall(9_001), database: scene.account.database)
            #expect(
                try await console.post("/api/partners/\(id)/force-sync").body == [
                    "message": "Force sync initiated for Moving"
                ])
            _ = try await console.metrics(of: id, within: .seconds(5)) { $0["activeCalls"].int == before + 1 }

            try await console.change(["refreshInterval": 5])
            try await scene.database.execute(Self.oneMoreCall(9_002), database: scene.account.database)
            _ = try await console.metrics(of: id, within: .seconds(7)) { $0["activeCalls"].int == before + 2 }
            await server.process.stop()
        }

        @Test("The dashboard sums what the partners hold")
        func dashboard() async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            let scenes = try await [Scene.make(seed: 4), Scene.make(seed: 5)]
            var sum = 0
            for (number, scene) in scenes.enumerated() {
                let id = try await console.add(number == 0 ? scene.tunneled("First") : scene.direct("Second"))
                let metrics = try await console.metrics(of: id)
                #expect(try scene.matches(metrics), "\(metrics)")
                sum += metrics["activeCalls"].int ?? 0
            }
            let overview = try await console.read("/api/dashboard/overview")
            #expect(overview["activeCalls"].int == sum)
            #expect(overview["totalPartners"].int == 2)
            #expect(overview["freshPartners"].int == 2)
            let partners = try await console.read("/api/dashboard/partners").array
            #expect(partners.map { $0["partner"]["partnerName"].string } == ["First", "Second"])
            #expect(partners.allSatisfy { $0["snapshot"]["isStale"].bool == false })
            await server.process.stop()
        }

        @Test("After a restart everything is there: partners, snapshots, logs, settings, and the token still opens")
        func restart() async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            try await console.change(["refreshInterval": 3600, "alertThreshold": 71])
            let scene = try await Scene.make(seed: 6)
            let id = try await console.add(scene.tunneled("Lasting"))
            let first = try await console.metrics(of: id)
            _ = try await console.post("/api/partners/\(id)/test-connection")
            // A test makes the partner due: that visit is to be over.
            let before = try await console.metrics(of: id) { $0["id"] != first["id"] }
            _ = try await eventually("the visit is over") {
                try await console.read("/api/partners/\(id)")["lastSyncStatus"].string == "SUCCESS" ? true : nil
            }
            let paths = ["/api/partners/\(id)", "/api/partners/\(id)/logs", "/api/settings", "/api/partners"]
            let pages = try await paths.asyncMap { try await console.read($0) }
            #expect(pages[1].array.count == 1)

            #expect(await server.process.stop() == .exited(0))
            try await server.resume()
            #expect(try await console.read("/api/partners/\(id)/metrics") == before)
            #expect(try await paths.asyncMap { try await console.read($0) } == pages)
            // And the next visit succeeds.
            try await scene.database.execute(Self.oneMoreCall(9_001), database: scene.account.database)
            _ = try await console.post("/api/partners/\(id)/force-sync")
            let active = try #require(before["activeCalls"].int)
            _ = try await console.metrics(of: id) { $0["activeCalls"].int == active + 1 }
            await server.process.stop()
        }

        static func oneMoreCall(_ id: Int) -> String {
            "INSERT INTO calls VALUES (\(id), 'INPROGRESS', NULL, UTC_TIMESTAMP(), UTC_TIMESTAMP(), 1, 1, NULL)"
        }
    }
}

extension JSON {
    /// The names of a list of stages.
    var names: [String] { array.compactMap { $0["stage"].string ?? $0["name"].string } }
}
