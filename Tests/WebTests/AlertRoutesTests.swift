import Domain
import Foundation
import HTTPTypes
import Sync
import TestSupport
import Testing

@testable import Web

@Suite("Alerts over HTTP")
struct AlertRoutesTests {

    /// A console with partners that stand at MEDIUM, and one that cannot be read.
    private func withAlerts(
        _ test: @escaping @Sendable (Console, Client, _ ids: [String]) async throws -> Void
    ) async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            _ = try await admin.put("/api/settings", #"{"alertThreshold": 1}"#)
            var ids: [String] = []
            for name in ["One", "Two"] {
                ids.append(try await admin.create("\"partnerName\": \"\(name)\", \"concurrencyLimit\": 5"))
                _ = try await admin.metrics(of: try #require(ids.last))
                console.clock.advance(by: .seconds(1))
            }
            _ = try await eventually("both alerts") {
                console.engine.picture.openAlerts().count == 2 ? true : nil
            }
            try await test(console, admin, ids)
        }
    }

    @Test("Open alerts answer as specified, and an unchanged poll is a 304")
    func lists() async throws {
        try await withAlerts { _, admin, ids in
            let reply = try await admin.get("/api/alerts")
            guard case .array(let alerts) = try reply.json else { throw Missing() }
            #expect(alerts.compactMap { $0["partnerId"]?.text } == ids, "of the same level the oldest first")
            #expect(alerts[0]["partnerName"]?.text == "One")
            #expect(alerts[0]["level"]?.text == "MEDIUM")
            #expect(alerts[0]["message"]?.text == "Utilization 40.0% is at or above the threshold (1.0%)")
            #expect(alerts[0]["openedAt"]?.text == "2024-11-06T13:33:20Z")
            for key in ["resolvedAt", "dismissedUntil", "dismissedBy"] { #expect(alerts[0][key] == .null) }
            let keys = [
                "id", "partnerId", "partnerName", "level", "message", "openedAt", "changedAt", "resolvedAt",
                "dismissedUntil", "dismissedBy",
            ]
            #expect(reply.text.matches(of: /"(\w+)":/).map { String($0.1) } == keys + keys)
            guard case .array(let first) = try await admin.get("/api/alerts?resolved=false&limit=1").json else {
                throw Missing()
            }
            #expect(first == [alerts[0]])
            for path in ["/api/alerts", "/api/alerts?resolved=true", "/api/alerts/summary"] {
                let etag = try #require(try await admin.get(path).headers[.eTag])
                #expect(try await admin.get(path, headers: [.ifNoneMatch: etag]).status == 304)
            }
        }
    }

    @Test("A dismissed alert leaves the summary until its time is over, and says who hid it")
    func dismisses() async throws {
        try await withAlerts { console, admin, _ in
            #expect(try await admin.get("/api/alerts/summary").text == Self.summary(medium: 2))
            let id = try #require(console.engine.picture.openAlerts().first?.id)
            let reply = try await admin.put("/api/alerts/\(id)/dismiss?hours=1", "")
            #expect(reply.text == #"{"message":"Alert dismissed for 1 hour"}"#)
            #expect(try await admin.get("/api/alerts/summary").text == Self.summary(medium: 1))
            guard case .array(let alerts) = try await admin.get("/api/alerts").json else { throw Missing() }
            #expect(alerts[0]["dismissedBy"]?.text == "admin")
            #expect(alerts[0]["dismissedUntil"]?.text == (console.clock.now + 3_600).iso8601)
            console.clock.advance(by: .seconds(3_600))
            #expect(try await admin.get("/api/alerts/summary").text == Self.summary(medium: 2))
            #expect(
                try await admin.put("/api/alerts/\(id)/dismiss", "").text
                    == #"{"message":"Alert dismissed for 24 hours"}"#)
        }
    }

    @Test("What is over is listed apart, the newest end first, and cannot be dismissed")
    func resolves() async throws {
        try await withAlerts { console, admin, ids in
            let before = console.engine.picture.openAlerts()
            _ = try await admin.put("/api/partners/\(ids[0])", #"{"isActive": false}"#)
            console.clock.advance(by: .seconds(1))
            _ = try await admin.put("/api/settings", #"{"alertThreshold": 80}"#)
            #expect(try await admin.get("/api/alerts").text == "[]")
            guard case .array(let over) = try await admin.get("/api/alerts?resolved=true").json else { throw Missing() }
            #expect(over.compactMap { $0["id"]?.text } == before.reversed().map(\.id))
            #expect(over[0]["resolvedAt"]?.text == console.clock.now.iso8601)
            let reply = try await admin.put("/api/alerts/\(before[0].id)/dismiss", "")
            #expect(reply.status == 400)
            #expect(try reply.detail == "The alert is already resolved")
            _ = try await admin.delete("/api/partners/\(ids[0])")
            let rest = try await admin.get("/api/alerts?resolved=true").json
            #expect(rest == .array([over[0]]))
        }
    }

    @Test(
        "What is no number of alerts or hours, or neither true nor false, is a 422 that names it",
        arguments: [
            ("GET", "/api/alerts?limit=0", "limit"), ("GET", "/api/alerts?limit=1001", "limit"),
            ("GET", "/api/alerts?resolved=yes", "resolved"), ("GET", "/api/alerts?resolved=", "resolved"),
            ("PUT", "/api/alerts/x/dismiss?hours=0", "hours"), ("PUT", "/api/alerts/x/dismiss?hours=721", "hours"),
            ("PUT", "/api/alerts/x/dismiss?hours=1.5", "hours"),
        ])
    func refuses(_ method: String, _ path: String, _ field: String) async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let reply = try await admin.send(try #require(HTTPRequest.Method(method)), path)
            #expect(reply.status == 422)
            #expect(try reply.faultyFields == [field])
        }
    }

    @Test("An unknown alert is not found, and only an admin dismisses")
    func roles() async throws {
        try await Console.run { _, client in
            let reply = try await client.signedIn().put("/api/alerts/nobody/dismiss", "")
            #expect(reply.status == 404)
            #expect(try reply.detail == "Alert not found")
            let viewer = try await client.viewer()
            #expect(try await viewer.get("/api/alerts").text == "[]")
            #expect(try await viewer.put("/api/alerts/nobody/dismiss", "").status == 403)
        }
    }

    private static func summary(medium: Int) -> String {
        "{\"critical\":0,\"high\":0,\"medium\":\(medium),\"offline\":0}"
    }

    private struct Missing: Error {}
}
