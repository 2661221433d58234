import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import JWTKit
import Store
import TestSupport
import Testing

@testable import Web

@Suite("Signing in and out")
struct AuthRoutesTests {
    @Test("A login answers as documented, and the token opens the API")
    func logsIn() async throws {
        try await Console.run { console, client in
            let reply = try await client.post(
                "/api/auth/login", #"{"username": "Admin", "password": "\#(Console.adminPassword)", "remember": 1}"#)
            #expect(reply.status == 200)
            #expect(reply.headers[.cacheControl] == "no-store")
            let admin = try #require(try await console.store.user(named: "admin")).user
            let token = try #require(try reply.json["access_token"]?.text)
            let example = """
                {"access_token": "\(token)", "token_type": "bearer", "user":
                {"id": "\(admin.id)", "username": "admin", "email": "admin@example.com", "role": "ADMIN"}}
                """
            #expect(try reply.json == JSONValue(example))
            #expect(admin.lastLogin == console.clock.now)

            let me = try await Client(http: client.http, token: token).get("/api/auth/me")
            #expect(try me.json == reply.json["user"])
        }
    }

    @Test("The demo says that it is one")
    func namesTheDemo() async throws {
        try await Console.run(configure: { $0.isDemo = true }) { _, client in
            let me = try await client.signedIn().get("/api/auth/me")
            #expect(try me.json["demo"] == .bool(true))
        }
    }

    @Test("Wrong password, unknown user and deactivated user get the same answer")
    func refusesAlike() async throws {
        try await Console.run { console, client in
            let gone = User(
                id: "gone", username: "gone", email: "gone@example.com", role: .admin, isActive: false, generation: 1,
                lastLogin: nil, createdAt: console.clock.now)
            try await console.store.create(gone, passwordHash: try await Console.hasher.hash(Secret("Gone@2024")))
            for (username, password) in [("admin", "wrong"), ("nobody", "wrong"), ("gone", "Gone@2024"), ("admin", "")]
            {
                let reply = try await client.post(
                    "/api/auth/login", #"{"username": "\#(username)", "password": "\#(password)"}"#)
                #expect(reply.status == 401)
                #expect(reply.text == #"{"detail":"Invalid credentials"}"#)
                #expect(reply.headers[.wwwAuthenticate] == "Bearer")
            }
        }
    }

    @Test("An unknown user costs as much work as a known one")
    func takesTheSameTime() async throws {
        let hasher = PasswordHasher(cost: ScryptCost(logN: 13, blockSize: 8, parallelism: 1))
        let hash = try await hasher.hash(Secret("right"))
        func fastest(_ hash: String?) async throws -> Duration {
            var best = Duration.seconds(60)
            for _ in 0..<3 {
                let time = try await ContinuousClock().measure {
                    _ = try await hasher.verify(Secret("wrong"), against: hash)
                }
                best = min(best, time)
            }
            return best
        }
        #expect(try await fastest(nil) > fastest(hash) / 2)
    }

    @Test("A body without the two texts is a 422 that names them, and counts for nothing")
    func refusesMalformed() async throws {
        try await Console.run { _, client in
            for _ in 0..<6 {
                #expect(try await client.post("/api/auth/login", "{}").faultyFields == ["username", "password"])
                let reply = try await client.post("/api/auth/login", #"{"username": "", "password": 5}"#)
                #expect(reply.status == 422)
                #expect(try reply.faultyFields == ["username", "password"])
            }
            _ = try await client.signedIn()
        }
    }

    @Test("The eleventh wrong login in 15 minutes waits, even with the right password; then it may try again")
    func throttles() async throws {
        try await Console.run { console, client in
            for _ in 0..<10 {
                let reply = try await client.post("/api/auth/login", #"{"username": "admin", "password": "wrong"}"#)
                #expect(reply.status == 401)
            }
            let right = #"{"username": "admin", "password": "\#(Console.adminPassword)"}"#
            let closed = try await client.post("/api/auth/login", right)
            #expect(closed.status == 429)
            #expect(closed.headers[.retryAfter] == "900")
            _ = try await client.viewer()
            console.clock.advance(by: .seconds(900))
            #expect(try await client.post("/api/auth/login", right).status == 200)
        }
    }

    @Test("Guesses sent at once get no more than ten answers")
    func throttlesBursts() async throws {
        try await Console.run { _, client in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        try await client.post(
                            "/api/auth/login", #"{"username": "admin", "password": "guess\#(number)"}"#
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 401 } == 10)
            #expect(statuses.count { $0 == 429 } == 20)
        }
    }

    @Test("Logging out ends that token and no other, also after a restart")
    func logsOut() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        let (one, two) = try await Console.run(in: directory, clock: clock) { _, client in
            let (one, two) = (try await client.signedIn(), try await client.signedIn())
            let reply = try await one.post("/api/auth/logout")
            #expect(reply.text == #"{"message":"Logged out successfully"}"#)
            try await expectRevoked(one)
            #expect(try await two.get("/api/auth/me").status == 200)
            return (one.token, two.token)
        }
        try await Console.run(in: directory, clock: clock) { _, client in
            try await expectRevoked(Client(http: client.http, token: one))
            #expect(try await Client(http: client.http, token: two).get("/api/auth/me").status == 200)
        }
    }

    @Test("A new password ends all other tokens and keeps the present one, also after a restart")
    func changesPassword() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        let (present, other) = try await Console.run(in: directory, clock: clock) { _, client in
            let (present, other) = (try await client.signedIn(), try await client.signedIn())
            let reply = try await present.post("/api/auth/change-password", change(to: "correct horse"))
            #expect(reply.text == #"{"message":"Password changed successfully"}"#)
            try await expectRevoked(other)
            #expect(try await present.get("/api/auth/me").status == 200)
            _ = try await client.signedIn(as: "admin", "correct horse")
            _ = try await client.viewer()
            return (present.token, other.token)
        }
        try await Console.run(in: directory, clock: clock) { _, client in
            let present = Client(http: client.http, token: present)
            try await expectRevoked(Client(http: client.http, token: other))
            #expect(try await present.get("/api/auth/me").status == 200)

            let newcomer = try await client.signedIn(as: "admin", "correct horse")
            let reply = try await newcomer.post(
                "/api/auth/change-password", change(from: "correct horse", to: "battery staple"))
            #expect(reply.status == 200)
            try await expectRevoked(present)
            #expect(try await newcomer.get("/api/auth/me").status == 200)
        }
    }

    @Test("A kept token can log out for good")
    func logsOutKeptToken() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            #expect(try await admin.post("/api/auth/change-password", change(to: "correct horse")).status == 200)
            #expect(try await admin.post("/api/auth/logout").status == 200)
            try await expectRevoked(admin)
        }
    }

    @Test("A wrong current password changes nothing")
    func needsCurrentPassword() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let reply = try await admin.post(
                "/api/auth/change-password", change(from: "not it", to: "correct horse"))
            #expect(reply.status == 400)
            #expect(reply.text == #"{"detail":"Current password is incorrect"}"#)
            _ = try await client.signedIn()
        }
    }

    @Test("Whoever has a token may guess the password no more often than whoever has none")
    func throttlesGuesses() async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            for _ in 0..<10 {
                let guess = change(from: "not it", to: "correct horse")
                #expect(try await admin.post("/api/auth/change-password", guess).status == 400)
            }
            let refused = try await admin.post("/api/auth/change-password", change(to: "correct horse"))
            #expect(refused.status == 429 && refused.headers[.retryAfter] == "900")
            #expect(try await admin.get("/api/auth/me").status == 200)
            console.clock.advance(by: .seconds(900))
            #expect(try await admin.post("/api/auth/change-password", change(to: "correct horse")).status == 200)
        }
    }

    @Test(
        "A bad new password is a 422",
        arguments: [
            "short", String(repeating: "x", count: 129), "admin", Console.adminPassword, "password123", "ADMIN123",
        ])
    func refusesBadPassword(_ password: String) async throws {
        try await Console.run { _, client in
            let reply = try await client.signedIn().post("/api/auth/change-password", change(to: password))
            #expect(reply.status == 422)
            #expect(try reply.faultyFields == ["newPassword"])
        }
    }

    private func change(from current: String = Console.adminPassword, to new: String) -> String {
        #"{"currentPassword": "\#(current)", "newPassword": "\#(new)"}"#
    }
}

private func expectRevoked(_ client: Client) async throws {
    let reply = try await client.get("/api/auth/me")
    #expect(reply.status == 401)
    #expect(try reply.detail == "The token was revoked; sign in again")
}

@Suite("What is no token of ours opens nothing")
struct TokenTests {
    @Test("Tokens of another key, algorithm, issuer or shape are refused")
    func refusesForgeries() async throws {
        try await Console.run { console, client in
            let admin = try #require(try await console.store.user(named: "admin")).user
            let token = AccessToken(for: admin, at: console.clock.now, lifetime: .seconds(60))
            let ours = HMACKey(from: Console.jwtSecret.clearText)
            let theirs = HMACKey(from: "another-secret-that-is-long-enough-for-hs256")
            let genuine = try await sign(token, ours, .sha256)
            let parts = genuine.split(separator: ".")
            let unsigned = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64EncodedString().prefix { $0 != "=" }
            let forgeries = [
                try await sign(token, theirs, .sha256), try await sign(token, ours, .sha512),
                try await sign(ForeignToken(sub: admin.id), ours, .sha256), "\(unsigned).\(parts[1]).",
                "\(unsigned).\(parts[1]).\(parts[2])x", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "..",
                "a.b.c", "x",
                genuine + "A", String(genuine.dropLast(4)),
            ]
            #expect(try await Client(http: client.http, token: genuine).get("/api/auth/me").status == 200)
            for forgery in forgeries {
                let reply = try await Client(http: client.http, token: forgery).get("/api/auth/me")
                #expect(reply.status == 401, "\(forgery)")
                #expect(reply.headers[.wwwAuthenticate] == "Bearer")
            }
        }
    }

    @Test(
        "A header that is no bearer token is refused", arguments: ["", "Bearer", "Basic YTpi", "Bearer a b", "token"])
    func refusesHeaders(_ header: String) async throws {
        try await Console.run { _, client in
            let reply = try await client.get("/api/auth/me", headers: [.authorization: header])
            #expect(reply.status == 401)
        }
    }

    @Test("A token lives 8 hours, or as long as was configured, and not a second longer", arguments: [nil, 1, 720])
    func expires(_ hours: Int?) async throws {
        try await Console.run(
            .live, configure: { if let hours { $0.tokenLifetime = .seconds(hours * 3_600) } },
            { console, client in
                let admin = try await client.signedIn()
                let listener = try await Listener(admin)
                _ = try await listener.event("overview")
                console.clock.advance(by: .seconds((hours ?? 8) * 3_600 - 1))
                #expect(try await admin.get("/api/auth/me").status == 200)
                _ = try await admin.create(#""partnerName": "Still told", "isActive": false"#)
                _ = try await listener.event("partner", with: "Still told")
                console.clock.advance(by: .seconds(1))
                let reply = try await admin.get("/api/auth/me")
                #expect(reply.status == 401)
                #expect(try reply.detail == "The token has expired; sign in again")
                #expect(await listener.end() < .seconds(1))
            })
    }

    private func sign(_ payload: some JWTPayload, _ key: HMACKey, _ algorithm: DigestAlgorithm) async throws -> String {
        try await JWTKeyCollection().add(hmac: key, digestAlgorithm: algorithm).sign(payload)
    }

    private struct ForeignToken: JWTPayload {
        let sub: String
        var iss = "elsewhere"
        var iat = 0
        var exp = 4_000_000_000
        var jti = "x"
        var role = "ADMIN"
        var generation = 1

        func verify(using algorithm: some JWTAlgorithm) {}
    }
}
