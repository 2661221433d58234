import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.needsMariaDB, .needsSSHServer) struct PlantedSecretsTests {
        @Test("Twenty planted secrets are in no file of the data directory, no log line and no answer")
        func noneInTheClear() async throws {
            let secrets = try await Planted()
            let server = try await JobtalkServer(environment: secrets.environment)
            var console = try await server.signIn(password: secrets.words[0])
            let token = try #require(console.token)
            try await use(secrets, &console)

            // While it runs: the journal too. And after a kill, which leaves everything as it lies.
            let running = try Self.bytes(in: server.dataDirectory)
            await server.process.kill()
            let places = [
                "data, running": running, "data, killed": try Self.bytes(in: server.dataDirectory),
                "log": Data(server.log.utf8), "answers": server.transcript.data,
            ]
            #expect(server.log.contains("DEBUG"))
            let signature = try #require(token.split(separator: ".").last)
            for (place, bytes) in places {
                for secret in secrets.needles + [String(signature)] {
                    #expect(!Self.holds(bytes, secret), "\(secret.prefix(12))… is in the \(place)")
                }
            }
        }

        /// Everything that takes a secret, the ways that fail included.
        private func use(_ secrets: Planted, _ console: inout Console) async throws {
            let scene = try await Scene.make(seed: 60)
            for key in secrets.keys { try scene.bastion.authorize(key) }
            var ids: [String] = []
            for number in 0..<4 {
                ids.append(try await console.add(secrets.partner(number, of: scene)))
            }
            // The keys open the bastion, so that it is the database that refuses; the password does not.
            for (id, stage) in zip(ids, ["db-auth", "db-auth", "db-auth", "ssh-auth"]) {
                try await visit(id, failingAt: stage, console)
            }
            #expect(
                try await console.put("/api/partners/\(ids[3])", ["sshConfig": ["enabled": false]]).status == 200)
            try await visit(ids[3], failingAt: "db-auth", console)
            // A key in the clear takes the place of an encrypted one, whose passphrase stays and does no harm.
            let clear: JSON = ["sshConfig": ["privateKey": .string(secrets.keys[0].privateKey)]]
            #expect(try await console.put("/api/partners/\(ids[2])", clear).status == 200)
            try await visit(ids[2], failingAt: "db-auth", console)
            // Refused as a whole: a wrong passphrase, and fields at fault beside secrets.
            _ = try await console.put(
                "/api/partners/\(ids[1])", ["sshConfig": ["passphrase": .string(secrets.words[17])]])
            _ = try await console.put(
                "/api/partners/\(ids[0])", ["dbPort": 0, "dbPassword": .string(secrets.words[16])])
            _ = try await console.put("/api/partners/\(ids[0])", ["dbPassword": [.string(secrets.words[18])]])
            // Tested before it is saved.
            let unsaved = scene.tunneled("Unsaved", login: ["password": .string(secrets.words[9])])
                .merging(["dbPassword": .string(secrets.words[15])])
            _ = try await console.post("/api/partners/test-connection", unsaved)
            // A token that is none, a wrong login, refused passwords, and a new one.
            var stranger = console
            stranger.token = secrets.words[12]
            #expect(try await stranger.get("/api/auth/me").status == 401)
            let mistaken: JSON = [
                "currentPassword": .string(secrets.words[13]), "newPassword": .string(secrets.words[14]),
            ]
            #expect(try await console.post("/api/auth/change-password", mistaken).status == 400)
            let wrong: JSON = ["username": "admin", "password": .string(secrets.words[19])]
            #expect(try await console.post("/api/auth/login", wrong).status == 401)
            let change: JSON = ["currentPassword": .string(secrets.words[0]), "newPassword": .string(secrets.words[1])]
            #expect(try await console.post("/api/auth/change-password", change).status == 200)
            _ = try await console.get("/api/partners")
            _ = try await console.get("/api/dashboard/partners")
            _ = try await console.get("/no/such/path")
        }

        /// Tests the connection, then waits for a visit that was asked for, and looks at what there is to see.
        private func visit(_ id: String, failingAt stage: String, _ console: Console) async throws {
            let test = try await console.post("/api/partners/\(id)/test-connection")
            #expect(test.body["details"]["failedStage"].string == stage)
            let before = try await console.read("/api/partners/\(id)")["consecutiveFailures"].int ?? 0
            #expect(try await console.post("/api/partners/\(id)/force-sync").status == 200)
            try await eventually(within: .seconds(20), "a failed visit") {
                let failures = try await console.read("/api/partners/\(id)")["consecutiveFailures"].int
                return failures ?? 0 > before ? () : nil
            }
            for path in ["", "/logs", "/metrics"] { _ = try await console.get("/api/partners/\(id)\(path)") }
        }

        private static func bytes(in directory: URL) throws -> Data {
            let files = FileManager.default
            let paths = try files.subpathsOfDirectory(atPath: directory.path).map { directory.appending(path: $0).path }
            let regular = try paths.filter { path in
                try files.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeRegular
            }
            #expect(!regular.isEmpty)
            return try regular.reduce(into: Data()) { $0 += try Data(contentsOf: URL(filePath: $1)) }
        }

        /// As it is, in Base64 or in hexadecimal.
        private static func holds(_ bytes: Data, _ secret: String) -> Bool {
            let raw = Data(secret.utf8)
            let base64 = raw.base64EncodedData().prefix((raw.count / 3) * 4)
            let hex = Data(raw.map { String(format: "%02x", $0) }.joined().utf8)
            return [raw, base64, hex].contains { bytes.range(of: $0) != nil }
        }
    }
}

/// Secrets that occur nowhere else.
private struct Planted {
    let words: [String] = (0..<20).map { _ in "Zq" + randomWord() + "9" }
    let keys: [SSHKeyPair]

    init() async throws {
        let words = words
        keys = [
            try await .generate(.ed25519), try await .generate(.ed25519, passphrase: words[10]),
            try await .generate(.rsa, passphrase: words[11], format: .pem),
        ]
    }

    /// The server's own keys are secrets as well.
    var environment: [String: String] {
        [
            "JOBTALK_ADMIN_PASSWORD": words[0], "JOBTALK_JWT_SECRET": String(repeating: words[2], count: 3),
            "JOBTALK_ENCRYPTION_KEY": String(repeating: words[3], count: 3),
        ]
    }

    /// What to look for: the words, and every full line of the keys, as they are and as they go over the wire.
    var needles: [String] {
        words + keys.flatMap { $0.privateKey.split(separator: "\n").map(String.init).filter { $0.count >= 60 } }
    }

    /// Every kind of login; the words 4...7 are passwords of databases, 8 of a bastion, 10 and 11 passphrases.
    func partner(_ number: Int, of scene: Scene) -> JSON {
        let logins: [JSON] = [
            ["privateKey": .string(keys[0].privateKey)],
            ["privateKey": .string(keys[1].privateKey), "passphrase": .string(words[10])],
            ["privateKey": .string(keys[2].privateKey), "passphrase": .string(words[11])],
            ["password": .string(words[8])],
        ]
        return scene.tunneled("Partner \(number)", login: logins[number])
            .merging(["dbPassword": .string(words[4 + number])])
    }
}
