import Domain
import Foundation
import HTTPTypes
import Store
import Sync
import TestSupport
import Testing

@testable import Web

extension Client {
    /// Creates a user with the password `correct horse` and returns its id.
    func createUser(_ name: String, role: String = "VIEWER") async throws -> String {
        let body = #"{"username": "\#(name)", "email": "\#(name)@example.com", "role": "\#(role)", "#
        let reply = try await post("/api/users", body + #""password": "correct horse"}"#)
        try #require(reply.status == 200, "\(reply.text)")
        return try #require(try reply.json["id"]?.text)
    }
}

@Suite("Users")
struct UserRoutesTests {
    private static let example = """
        {"id": "5b0c", "username": "jane", "email": "jane@example.com", "role": "VIEWER", "isActive": true,
        "createdAt": "2024-11-06T20:30:00Z"}
        """

    @Test("A user is made, listed, may sign in, and is gone once deleted")
    func lives() async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            let id = try await admin.createUser("jane")
            let list = try await admin.get("/api/users")
            #expect(list.headers[.eTag] != nil)
            #expect(try list.json.departures(from: JSONValue("[\(Self.example)]")) == [])
            guard case .array(let users) = try list.json else { return #expect(Bool(false), "\(list.text)") }
            #expect(users.compactMap { $0["username"]?.text } == ["admin", "jane", "viewer"])
            #expect(users[1]["lastLogin"] == .null)
            #expect(!list.text.contains("password") && !list.text.contains("scrypt"))

            let jane = try await client.signedIn(as: "JANE", "correct horse")
            #expect(try await admin.get("/api/users").json.element(1)?["lastLogin"]?.text == console.clock.now.iso8601)
            let reply = try await admin.delete("/api/users/\(id)")
            #expect(reply.text == #"{"message":"User deleted successfully"}"#)
            try await expectDead(jane)
            let login = try await client.post("/api/auth/login", #"{"username": "jane", "password": "correct horse"}"#)
            #expect(login.status == 401)
            #expect(try await admin.delete("/api/users/\(id)").text == #"{"detail":"User not found"}"#)
            #expect(try await admin.put("/api/users/\(id)", "{}").status == 404)
        }
    }

    @Test("All faults are told at once, and what is required")
    func refusesFields() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let bodies: [(String, [String])] = [
                ("{}", ["username", "email", "role", "password"]),
                (
                    #"{"username": "a b", "email": "nobody", "role": "ROOT", "isActive": 1, "password": "short"}"#,
                    ["username", "email", "role", "isActive", "password"]
                ),
                (
                    #"{"username": "\#(String(repeating: "x", count: 101))", "role": "admin"}"#,
                    ["username", "role", "email", "password"]
                ),
                (
                    #"{"username": null, "email": 5, "role": null, "password": null}"#,
                    ["username", "email", "role", "password"]
                ),
                (
                    #"{"username": "jane.doe@x", "email": "j@x", "role": "VIEWER", "password": "jane.doe@x"}"#,
                    ["password"]
                ),
                (#"{"username": "jane", "email": "j@x", "role": "VIEWER", "password": ""}"#, ["password"]),
            ]
            for (body, fields) in bodies {
                let reply = try await admin.post("/api/users", body)
                #expect(reply.status == 422)
                #expect(try reply.faultyFields == fields, "\(body)")
            }
            let id = try await admin.createUser("jane")
            let reply = try await admin.put(
                "/api/users/\(id)",
                #"{"username": "", "email": "", "role": "viewer", "isActive": null, "password": "JANE"}"#)
            #expect(try reply.faultyFields == ["username", "email", "role", "isActive", "password"])
        }
    }

    @Test("A name is one person's, whatever its case")
    func refusesTakenName() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.createUser("jane")
            let body = #"{"username": "ADMIN", "email": "x@example.com", "role": "ADMIN", "password": "correct horse"}"#
            for reply in [try await admin.post("/api/users", body), try await admin.put("/api/users/\(id)", body)] {
                #expect(reply.status == 400)
                #expect(reply.text == #"{"detail":"Username already exists"}"#)
            }
        }
    }

    @Test("What GET shows can be sent back, and changes nothing")
    func roundTrips() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.createUser("jane")
            let jane = try await client.signedIn(as: "jane", "correct horse")
            let before = try await admin.get("/api/users")
            let shown = try #require(try before.json.element(1))
            let reply = try await admin.put("/api/users/\(id)", "\(shown.written)")
            #expect(reply.text == #"{"message":"User updated successfully"}"#)
            #expect(try await admin.get("/api/users").text == before.text)
            #expect(try await jane.get("/api/auth/me").status == 200)
        }
    }

    @Test("Whoever may do less than before, or has a new password, is signed out at once, restarts included")
    func endsTokens() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        let dead = try await Console.run(in: directory, clock: clock) { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.createUser("jane", role: "ADMIN")
            var dead: [String] = []
            for change in [#"{"role": "VIEWER"}"#, #"{"password": "battery staple"}"#, #"{"isActive": false}"#] {
                let password = dead.count < 2 ? "correct horse" : "battery staple"
                let jane = try await client.signedIn(as: "jane", password)
                #expect(try await admin.put("/api/users/\(id)", change).status == 200)
                try await expectDead(jane)
                dead.append(try #require(jane.token))
            }
            let login = #"{"username": "jane", "password": "battery staple"}"#
            #expect(try await client.post("/api/auth/login", login).status == 401)
            #expect(try await admin.put("/api/users/\(id)", #"{"isActive": true}"#).status == 200)
            _ = try await client.signedIn(as: "jane", "battery staple")
            return dead
        }
        try await Console.run(in: directory, clock: clock) { _, client in
            for token in dead { try await expectDead(Client(http: client.http, token: token)) }
            _ = try await client.signedIn(as: "jane", "battery staple")
        }
    }

    @Test("A promotion, a new name and a new address are in force at once, with the same token")
    func keepsTokens() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.createUser("jane")
            let jane = try await client.signedIn(as: "jane", "correct horse")
            #expect(try await jane.get("/api/users").status == 403)
            let change = #"{"username": "joan", "email": "joan@example.org", "role": "ADMIN"}"#
            #expect(try await admin.put("/api/users/\(id)", change).status == 200)
            #expect(try await jane.get("/api/users").status == 200)
            let me = try await jane.get("/api/auth/me").json
            #expect(me["username"]?.text == "joan" && me["email"]?.text == "joan@example.org")
        }
    }

    @Test("The last active administrator stays; who is not the last may go, oneself included")
    func keepsAnAdmin() async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            let id = try #require(try await console.store.user(named: "admin")).user.id
            for reply in [
                try await admin.delete("/api/users/\(id)"),
                try await admin.put("/api/users/\(id)", #"{"role": "VIEWER"}"#),
                try await admin.put("/api/users/\(id)", #"{"isActive": false}"#),
            ] {
                #expect(reply.status == 400)
                #expect(try reply.detail == "The last active admin can be neither removed, demoted nor deactivated")
            }
            _ = try await admin.createUser("jane", role: "ADMIN")
            #expect(try await admin.delete("/api/users/\(id)").status == 200)
            try await expectDead(admin)
            _ = try await client.signedIn(as: "jane", "correct horse").get("/api/users")
        }
    }

    @Test("A user who was removed does not come back with an answer that was under way")
    func staysRemoved() {
        var user = User(
            id: "1", username: "jane", email: "", role: .viewer, isActive: true, generation: 1, lastLogin: nil,
            createdAt: Date())
        let token = AccessToken(for: user, at: Date(), lifetime: .seconds(60))
        let accounts = Accounts(users: [user], revokedTokens: [:])
        let old = user
        user.apply(UserPatch(username: "joan", role: .admin))
        accounts.update(user)
        accounts.update(old)
        #expect(accounts.user(of: token)?.username == "joan")
        accounts.remove("1")
        accounts.update(user)
        #expect(accounts.user(of: token) == nil)
    }

    private func expectDead(_ client: Client) async throws {
        let reply = try await client.get("/api/auth/me")
        #expect(reply.status == 401)
        #expect(try reply.detail == "The token was revoked; sign in again")
    }
}

extension JSONValue {
    /// One element of an array.
    fileprivate func element(_ index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// As JSON again, for a flat object.
    fileprivate var written: String {
        guard case .object(let members) = self else { return "" }
        let pairs = members.map { key, value in
            switch value {
            case .string(let text): "\"\(key)\": \"\(text)\""
            case .bool(let flag): "\"\(key)\": \(flag)"
            default: "\"\(key)\": null"
            }
        }
        return "{" + pairs.joined(separator: ",") + "}"
    }
}
