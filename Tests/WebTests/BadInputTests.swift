import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Web

/// What comes over the wire when a client is broken or hostile, at every route of the table that takes a body.
@Suite("Bad bodies, byte by byte, at every route that takes one", .serialized)
struct BadInputTests {
    /// The routes that read their body: each must refuse what it cannot use. The others never look at it.
    private static let readers: Set<String> = [
        "POST /api/auth/login", "POST /api/auth/change-password", "POST /api/partners",
        "POST /api/partners/test-connection", "PUT /api/partners/{partner_id}",
        "POST /api/partners/{partner_id}/concurrency", "POST /api/partners/{partner_id}/pause-non-priority",
        "POST /api/users", "PUT /api/users/{user_id}", "PUT /api/settings",
    ]

    /// Every key that any of them reads.
    private static let keys = [
        "username", "password", "currentPassword", "newPassword", "partnerName", "tenantId", "dbHost", "dbPort",
        "dbName", "dbUsername", "dbPassword", "dbType", "dbTlsMode", "dbTlsCa", "concurrencyLimit",
        "pauseNonPriorityCampaigns", "isActive", "sshConfig", "newLimit", "reason", "enabled", "email", "role",
        "refreshInterval", "dataRetentionDays", "alertThreshold", "timeZone",
    ]

    @Test(
        "What is no JSON is a 400",
        arguments: [
            ("a byte that is no UTF-8", Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)),
            ("an overlong slash", Array(#"{"a":""#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8)),
            ("half a surrogate pair", Array(#"{"a":""#.utf8) + [0xED, 0xA0, 0x80] + Array(#""}"#.utf8)),
            ("a byte order mark", [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
            ("UTF-16", [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]),
            ("zeros", [0, 0, 0, 0]),
            ("a key twice", Array(#"{"newLimit":1,"newLimit":2}"#.utf8)),
            (
                "nesting",
                Array((String(repeating: #"{"a":"#, count: 40) + "1" + String(repeating: "}", count: 40)).utf8)
            ),
            ("endless nesting", Array(String(repeating: "[", count: 200_000).utf8)),
            ("NaN", Array(#"{"newLimit":NaN}"#.utf8)),
            ("Infinity", Array(#"{"newLimit":-Infinity}"#.utf8)),
            ("half a document", Array(#"{"newLimit":"#.utf8)),
            ("two documents", Array("{} {}".utf8)),
        ] as [(String, [UInt8])])
    func refusesForeign(_ name: String, _ body: [UInt8]) async throws {
        try await everywhere { target in
            let reply = try await target.exchange(body)
            try target.expect(400, reply, name)
        }
    }

    @Test("JSON that is no object is a 422", arguments: ["[]", "null", "true", "15", #""text""#, "[{}]"])
    func refusesOthers(_ body: String) async throws {
        try await everywhere { target in
            let reply = try await target.exchange(Array(body.utf8))
            try target.expect(422, reply, body)
        }
    }

    @Test(
        "A value that no field can have is a 422 that names its fields",
        arguments: ["9223372036854775808", "-9223372036854775809", "1e400", "-0.5", "[]", "[[1]]", #"{"a": 1}"#])
    func refusesValues(_ value: String) async throws {
        let members = Self.keys.map { "\"\($0)\": \(value)" }.joined(separator: ", ")
        try await everywhere { target in
            let reply = try await target.exchange(Array("{\(members)}".utf8))
            try target.expect(422, reply, value)
            guard target.readsBody else { return }
            #expect(try JSONValue(reply.body)["errors"] != nil, "\(target.name): \(reply.body)")
        }
    }

    @Test("A body of 10 MB is a 413, whatever the route")
    func refusesLarge() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20)
        try await everywhere { target in
            let reply = try await target.exchange(body)
            #expect(reply.status == 413, "\(target.name)")
        }
    }

    @Test("A body that comes in bits is read like one that comes at once")
    func readsSlowly() async throws {
        try await everywhere { target in
            let connection = try target.connection()
            for part in [target.head(length: 7), " ", "{", " ", "}", " ", " ", " "] {
                #expect(await connection.send(part), "\(target.name)")
                try await Task.sleep(for: .milliseconds(20))
            }
            let slow = Exchange(await connection.receive { _ in false })
            let whole = try await target.anew().exchange(Array(" { }   ".utf8))
            #expect(slow.status == whole.status, "\(target.name): \(slow.body)")
        }
    }

    @Test("A body that never ends is given up after 30 s with a 408, at all routes at once")
    func givesUp() async throws {
        try await Console.run(.live) { console, client in
            let targets = try await self.targets(console, client)
            let started = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for target in targets {
                    group.addTask {
                        let connection = try target.connection(patience: 40)
                        #expect(await connection.send(target.head(length: 100) + "{"))
                        let reply = Exchange(await connection.receive { _ in false })
                        #expect(reply.status == 408, "\(target.name): \(reply.body)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(started.duration(to: .now) < .seconds(40))
            #expect(try await client.get("/health").status == 200)
        }
    }

    @Test("Rubbish behind a request spoils neither its answer nor the server")
    func survivesPipelinedRubbish() async throws {
        try await everywhere { target in
            let connection = try target.connection()
            let request = target.head(length: 2, closing: false) + "[]"
            #expect(await connection.send(request + "\u{1}rubbish \u{2}\r\nmore\r\n\r\n" + request))
            let replies = await connection.receive { _ in false }
            let first = Exchange(replies)
            // The rubbish may be noticed before the answer is on its way.
            let isAnswer = target.readsBody ? first.status == 422 : (200..<500).contains(first.status)
            #expect(isAnswer || first.status == 400, "\(target.name): \(replies)")
            #expect(!replies.contains("HTTP/1.1 5"), "\(target.name): \(replies)")
        }
    }

    /// Runs `test` at every route with `POST` or `PUT`; the server serves on, and nothing was its own fault.
    private func everywhere(_ test: @Sendable (Target) async throws -> Void) async throws {
        try await Console.run(.live) { console, client in
            for target in try await targets(console, client) { try await test(target) }
            #expect(try await client.get("/health").status == 200)
            #expect(!console.log.lines.contains { $0.hasPrefix("error") }, "\(console.log.lines)")
        }
    }

    private func targets(_ console: Console, _ client: Client) async throws -> [Target] {
        let responder = try #require(try await console.app.responder as? WebResponder)
        let routes = responder.routes.routes.filter { $0.method == .post || $0.method == .put }
        #expect(Self.readers.isSubset(of: Set(routes.map { "\($0.method) \($0.path)" })))
        let admin = try await client.signedIn()
        let partner = try await admin.create(#""isActive": false, "sshConfig": {"enabled": false}"#)
        let user = try await admin.createUser("somebody")
        var targets: [Target] = []
        for route in routes {
            let path = route.path.replacing("{partner_id}", with: partner).replacing("{user_id}", with: user)
            targets.append(
                Target(
                    name: "\(route.method) \(route.path)", method: route.method.rawValue, path: path, client: client,
                    // Of its own, because one route ends its token.
                    token: try await client.signedIn().token ?? "",
                    readsBody: Self.readers.contains("\(route.method) \(route.path)")))
        }
        return targets
    }
}

/// One route and who calls it.
private struct Target {
    let name: String
    let method: String
    let path: String
    let client: Client
    var token: String
    let readsBody: Bool

    /// The same with a new token.
    func anew() async throws -> Target {
        var target = self
        target.token = try await client.signedIn().token ?? ""
        return target
    }

    func connection(patience: Int = 10) throws -> RawConnection {
        try RawConnection(port: try #require(client.http.port), patience: patience)
    }

    func head(length: Int, closing: Bool = true) -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(length)\r\n\(closing ? "Connection: close\r\n" : "")\r\n"
    }

    /// Sends a body on a connection of its own, and returns all that comes back.
    func exchange(_ body: [UInt8]) async throws -> Exchange {
        let connection = try connection()
        #expect(await connection.send(Array(head(length: body.count).utf8) + body), "\(name)")
        return Exchange(await connection.receive { _ in false })
    }

    /// A reader of bodies answers with `status` and a sentence; the others as if there were no body.
    func expect(_ status: Int, _ reply: Exchange, _ what: String) throws {
        #expect(readsBody ? reply.status == status : (200..<500).contains(reply.status), "\(name), \(what): \(reply)")
        guard reply.status >= 400 else { return }
        let detail = try JSONValue(reply.body)["detail"]?.text
        #expect(detail?.isEmpty == false, "\(name), \(what): \(reply)")
    }
}

/// The first answer of a connection.
private struct Exchange {
    /// 0 if there was none.
    let status: Int
    let body: String

    init(_ text: String) {
        status = Int(text.dropFirst("HTTP/1.1 ".count).prefix(3)) ?? 0
        body = text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
    }
}
