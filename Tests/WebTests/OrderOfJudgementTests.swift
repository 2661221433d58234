import Domain
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import Web

@Suite("Requests are judged in the order that clients may rely on")
struct OrderOfJudgementTests {
    /// Whatever the table holds is walked, so that a new route is covered by being there.
    private func everyProtectedRoute(of console: Console) async throws -> [Route] {
        let responder = try #require(try await console.app.responder as? WebResponder)
        let routes = responder.routes.routes.filter { $0.access != .open }
        #expect(routes.count >= 23)
        #expect(
            responder.routes.routes.filter { $0.access == .open && $0.path.hasPrefix("/api/") }.map(\.path)
                == ["/api/auth/login"])
        return routes
    }

    /// The route's path, with the ids of a partner and a user made for it alone.
    private func path(of route: Route, _ admin: Client) async throws -> String {
        var path = route.path
        if path.contains("{partner_id}") {
            let id = try await admin.create(#""partnerName": "\#(UUID())", "isActive": false"#)
            path = path.replacing("{partner_id}", with: id)
        }
        if path.contains("{user_id}") {
            path = path.replacing("{user_id}", with: try await admin.createUser("u\(UUID())"))
        }
        return path
    }

    @Test("Every route lets in whom it should, with every kind of token")
    func guardsEveryRoute() async throws {
        try await Console.run { console, client in
            for route in try await everyProtectedRoute(of: console) {
                let name = "\(route.method) \(route.path)"
                let (admin, viewer) = (try await client.signedIn(), try await client.viewer())
                let revoked = try await client.viewer()
                #expect(try await revoked.post("/api/auth/logout").status == 200)
                let forged = Client(http: client.http, token: "not.a.token")
                let path = try await path(of: route, admin)

                for stranger in [client, forged, revoked] {
                    let reply = try await stranger.send(route.method, path)
                    #expect(reply.status == 401, "\(name)")
                    #expect(reply.headers[.wwwAuthenticate] == "Bearer", "\(name)")
                }
                // A GET may be one that never ends; HEAD is judged alike.
                let method = route.method == .get ? .head : route.method
                let seen = try await viewer.send(method, path).status
                #expect((seen == 403) == (route.access == .admin), "\(name): \(seen)")
                let done = try await admin.send(method, path).status
                #expect(![401, 403, 405, 500, 503].contains(done), "\(name): \(done)")
            }
        }
    }

    @Test("A token that expired opens no route")
    func refusesExpired() async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            console.clock.advance(by: .seconds(8 * 3600))
            for route in try await everyProtectedRoute(of: console) {
                let reply = try await admin.send(route.method, route.path)
                #expect(reply.status == 401, "\(route.method) \(route.path)")
                #expect(try reply.detail == "The token has expired; sign in again")
            }
        }
    }

    @Test("On every route the token is judged before the method, the method before the role, the role before the body")
    func ordersFaultsEverywhere() async throws {
        try await Console.run { console, client in
            let (admin, viewer) = (try await client.signedIn(), try await client.viewer())
            let large = String(repeating: "x", count: RequestIntake.largestBody + 1)
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            for route in try await everyProtectedRoute(of: console) {
                let steps: [(Client, HTTPRequest.Method, String, Int)] = [
                    (client, .patch, large, 401), (client, route.method, large, 401), (viewer, .patch, large, 405),
                    (viewer, route.method, large, route.access == .admin ? 403 : 413),
                    (admin, route.method, large, 413), (admin, route.method, "{", 415),
                ]
                for (client, method, body, status) in steps {
                    let reply = try await client.send(method, route.path, body, headers: form)
                    #expect(reply.status == status, "\(method) \(route.path)")
                }
            }
        }
    }

    @Test("Token, path, method, role, size, type, JSON, fields, rules: the first fault is the one told")
    func ordersFaults() async throws {
        try await Console.run { _, client in
            let (admin, viewer) = (try await client.signedIn(), try await client.viewer())
            _ = try await admin.create(#""partnerName": "Taken""#)
            let large = String(repeating: "x", count: RequestIntake.largestBody + 1)
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            let steps: [(Client, HTTPRequest.Method, String, String?, HTTPFields, Int)] = [
                (client, .patch, "/api/nowhere", large, form, 401),
                (client, .post, "/api", nil, [:], 401),
                (viewer, .patch, "/api/nowhere", large, form, 404),
                (viewer, .patch, "/api/partners", large, form, 405),
                (viewer, .post, "/api/partners", large, form, 403),
                (admin, .post, "/api/partners", large, form, 413),
                (admin, .post, "/api/partners", "{", form, 415),
                (admin, .post, "/api/partners", "{", [:], 400),
                (admin, .post, "/api/partners", nil, [:], 400),
                (admin, .post, "/api/partners", "[]", [:], 422),
                (admin, .post, "/api/partners", partnerBody(#""partnerName": "Taken", "dbPort": 0"#), [:], 422),
                (admin, .post, "/api/partners", partnerBody(#""partnerName": "Taken""#), [:], 400),
                (client, .get, "/nowhere", nil, [:], 404),
                (client, .post, "/health", nil, [:], 405),
                (client, .get, "/api/auth/login", nil, [:], 405),
            ]
            for (client, method, path, body, headers, status) in steps {
                let reply = try await client.send(method, path, body, headers: headers)
                #expect(reply.status == status, "\(method) \(path)")
                let detail = try reply.detail
                #expect(detail?.isEmpty == false)
            }
        }
    }

    @Test("A 405 names the methods there are")
    func namesMethods() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            #expect(try await admin.send(.patch, "/api/partners").headers[.allow] == "GET, HEAD, POST")
            #expect(try await admin.send(.patch, "/api/partners/x").headers[.allow] == "GET, HEAD, PUT, DELETE")
            #expect(try await admin.get("/api/partners/test-connection").headers[.allow] == "POST")
        }
    }

    @Test("HEAD is GET without the body, errors too")
    func answersHead() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let get = try await admin.get("/api/settings")
            let head = try await admin.send(.head, "/api/settings")
            #expect(head.status == 200)
            #expect(head.text.isEmpty)
            #expect(head.headers[.contentLength] == get.headers[.contentLength])
            #expect(head.headers[.eTag] == get.headers[.eTag])
            let missing = try await admin.send(.head, "/api/partners/nobody")
            #expect(missing.status == 404)
            #expect(missing.text.isEmpty)
        }
    }

    @Test(
        "A body may say that it is JSON in several ways, or nothing",
        arguments: [
            ("application/json", 200), ("application/json; charset=utf-8", 200),
            ("Application/JSON;charset=\"UTF-8\"", 200),
            ("application/merge-patch+json", 200), ("text/plain", 415), ("application/json; charset=latin1", 415),
            ("multipart/form-data; boundary=x", 415), ("application/jsonx", 415), ("garbage", 415), ("", 415),
        ])
    func judgesTypes(_ type: String, _ status: Int) async throws {
        try await Console.run { _, client in
            let body = #"{"username": "admin", "password": "\#(Console.adminPassword)"}"#
            let reply = try await client.post("/api/auth/login", body, headers: [.contentType: type])
            #expect(reply.status == status)
        }
    }

    @Test("Every answer is named, by the client's own name if that is sane")
    func namesRequests() async throws {
        try await Console.run { console, client in
            let own = try await client.get("/health", headers: [.xRequestID: "abc-1.2_3"])
            #expect(own.headers[.xRequestID] == "abc-1.2_3")
            let line = try #require(console.log.lines.first { $0.contains("requestId=abc-1.2_3") })
            #expect(line.contains(#/ ms=[0-9]+ /#))
            for insane in ["", "a b", "a\u{7f}b", String(repeating: "x", count: 65), "\"quoted\""] {
                let reply = try await client.get("/nowhere?secret=1", headers: [.xRequestID: insane])
                let name = try #require(reply.headers[.xRequestID])
                #expect(UUID(uuidString: name) != nil)
            }
            #expect(!console.log.lines.contains { $0.contains("secret=1") })
        }
    }

    @Test("Answers tell browsers to be careful")
    func secures() async throws {
        try await Console.run { _, client in
            let reply = try await client.get("/api/nowhere")
            #expect(reply.headers[.xContentTypeOptions] == "nosniff")
            #expect(reply.headers[.cacheControl] == "no-store")
            #expect(reply.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
        }
    }

    @Test("The quota counts by user and comes after the token")
    func limitsRequests() async throws {
        try await Console.run(configure: { $0.rateLimit = 2 }) { console, client in
            let (admin, viewer) = (try await client.signedIn(), try await client.viewer())
            for _ in 0..<2 { #expect(try await admin.get("/api/settings").status == 200) }
            let reply = try await admin.get("/api/settings")
            #expect(reply.status == 429)
            #expect(reply.headers[.retryAfter] == "60")
            #expect(try await viewer.get("/api/settings").status == 200)
            #expect(try await client.get("/api/settings").status == 401)
            console.clock.advance(by: .seconds(60))
            #expect(try await admin.get("/api/settings").status == 200)
        }
    }
}

@Suite("A request whose sender is signed out while it is sent")
struct LateBodyTests {
    @Test("What ends a session ends what it has begun to ask for", arguments: ["logout", "demotion", "removal"])
    func isRefused(_ ending: String) async throws {
        try await Console.run(.live) { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.createUser("ann", role: "ADMIN")
            let ann = try await client.signedIn(as: "ann", "correct horse")
            let body = #"{"refreshInterval": 77}"#
            let connection = try RawConnection(port: try #require(client.http.port))
            let head = """
                PUT /api/settings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r
                Authorization: Bearer \(try #require(ann.token))\r\nContent-Length: \(body.utf8.count)\r\n\r\n{
                """
            #expect(await connection.send(head))
            try await Task.sleep(for: .milliseconds(300))
            switch ending {
            case "logout": _ = try await ann.post("/api/auth/logout")
            case "demotion": _ = try await admin.put("/api/users/\(id)", #"{"role": "VIEWER"}"#)
            default: _ = try await admin.delete("/api/users/\(id)")
            }
            #expect(await connection.send(String(body.dropFirst())))
            let answer = await connection.receive { $0.contains("\"}") }
            #expect(answer.hasPrefix("HTTP/1.1 401 "), "\(answer)")
            #expect(try await admin.get("/api/settings").json["refreshInterval"] == .integer(120))
        }
    }
}

@Suite("Pages of other origins")
struct CORSTests {
    private static let question: HTTPFields = [
        .origin: "https://a.example", .accessControlRequestMethod: "PUT",
    ]

    @Test("A listed origin may ask before it has a token, and is named in answers")
    func admitsListed() async throws {
        try await Console.run(configure: { $0.corsOrigins = ["https://a.example"] }) { _, client in
            let preflight = try await client.send(.options, "/api/partners", headers: Self.question)
            #expect(preflight.status == 204)
            #expect(preflight.headers[.accessControlAllowOrigin] == "https://a.example")
            #expect(preflight.headers[.accessControlAllowMethods]?.contains("PUT") == true)
            for header in ["Authorization", "If-None-Match", "Last-Event-ID"] {
                #expect(preflight.headers[.accessControlAllowHeaders]?.contains(header) == true)
            }
            #expect(preflight.headers[.vary] == "Origin")
            let refused = try await client.get("/api/partners", headers: [.origin: "https://a.example"])
            #expect(refused.status == 401)
            #expect(refused.headers[.accessControlAllowOrigin] == "https://a.example")
            #expect(try await client.get("/health").headers[.vary] == "Origin")
        }
    }

    @Test("Another origin, and any without a list, is not named", arguments: [[], ["https://b.example"]])
    func refusesOthers(_ origins: [String]) async throws {
        try await Console.run(configure: { $0.corsOrigins = origins }) { _, client in
            let preflight = try await client.send(.options, "/api/partners", headers: Self.question)
            #expect(preflight.status == 401)
            #expect(preflight.headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test("With * anybody may call, but never with credentials")
    func admitsAny() async throws {
        try await Console.run(configure: { $0.corsOrigins = ["*"] }) { _, client in
            let reply = try await client.send(.options, "/api/partners", headers: Self.question)
            #expect(reply.headers[.accessControlAllowOrigin] == "*")
            #expect(reply.headers[.accessControlAllowCredentials] == nil)
        }
    }
}
