import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Web

@Suite("Limit and pause")
struct ConcurrencyRoutesTests {
    private static let limit = #"{"newLimit": 15, "reason": "Increased capacity"}"#

    /// A signed-in admin and a partner whose host says how it behaves.
    private func run(
        host: String = "db.example.com", _ test: @Sendable (Console, Client, String) async throws -> Void
    ) async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(
                #""dbHost": "\#(host)", "concurrencyLimit": 5, "isActive": false, "sshConfig": {"enabled": false}"#)
            try await test(console, admin, "/api/partners/\(id)")
        }
    }

    @Test("A change that reached the partner is answered exactly as documented")
    func documented() async throws {
        try await run { _, admin, partner in
            let limit = try await admin.post("\(partner)/concurrency", Self.limit)
            #expect(limit.status == 200)
            #expect(limit.text == #"{"success":true,"message":"Concurrency updated","syncedToPartner":true}"#)
            for (enabled, word) in [(true, "enabled"), (false, "disabled")] {
                let reply = try await admin.post("\(partner)/pause-non-priority", #"{"enabled": \#(enabled)}"#)
                let message = "pauseNonPriorityCampaigns \(word)"
                #expect(reply.text == #"{"success":true,"message":"\#(message)","syncedToPartner":true}"#)
            }
            let shown = try await admin.get(partner).json
            #expect(shown["concurrencyLimit"] == .integer(15))
            #expect(shown["pauseNonPriorityCampaigns"] == .bool(false))
            #expect(shown["pendingChanges"] == .array([]))
        }
    }

    @Test("A write that the partner refuses is a success here, not there, and says why")
    func refusedWrite() async throws {
        try await run(host: "readonly.example.com") { _, admin, partner in
            let reply = try await admin.post("\(partner)/concurrency", Self.limit)
            let reason = StubGateway.noRight.message
            #expect(reply.status == 200)
            #expect(
                reply.text == #"{"success":true,"message":"Concurrency updated","syncedToPartner":false,"#
                    + #""syncError":"\#(reason)","pending":true}"#)
            guard case .array(let pending) = try await admin.get(partner).json["pendingChanges"] else {
                throw DecodingFailure()
            }
            #expect(pending.map { $0["value"] } == [.integer(15)])
            #expect(pending.map { $0["error"]?.text } == [reason])
        }
    }

    @Test("A partner that keeps no record of changes is named in a warning")
    func unaudited() async throws {
        try await run(host: "unaudited.example.com") { _, admin, partner in
            let reply = try await admin.post("\(partner)/pause-non-priority", #"{"enabled": true}"#).json
            #expect(reply["syncedToPartner"] == .bool(true))
            #expect(reply["warning"]?.text?.contains("settings_auditlogs") == true)
        }
    }

    @Test("Of two operators the earlier is told that the later's value took its place; a deleted partner is a 404")
    func replaced() async throws {
        try await run(host: "silent.example.com") { console, admin, partner in
            async let first = admin.post("\(partner)/concurrency", #"{"newLimit": 20}"#)
            try await waitForPending(20, admin, partner)
            async let second = admin.post("\(partner)/concurrency", #"{"newLimit": 30}"#)
            #expect(
                try await first.text == #"{"success":true,"message":"Concurrency updated","syncedToPartner":false,"#
                    + #""syncError":"Replaced by a newer change","pending":false}"#)
            #expect(try await admin.delete(partner).status == 200)
            #expect(try await second.status == 404)
        }
    }

    @Test("Who leaves ends the waiting at once, and what was asked for stays on its way")
    func departure() async throws {
        try await Console.run(.live) { console, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""dbHost": "silent.example.com", "concurrencyLimit": 5"#)
            let body = #"{"newLimit": 20}"#
            let started = ContinuousClock.now
            do {
                let leaves = try RawConnection(port: try #require(client.http.port))
                let request = """
                    POST /api/partners/\(id)/concurrency HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r
                    Authorization: Bearer \(try #require(admin.token))\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
                    """
                #expect(await leaves.send(request))
                try await waitForPending(20, admin, "/api/partners/\(id)")
            }
            _ = try await eventually("the end of the waiting") {
                console.log.lines.contains { $0.contains("request broke off") } ? true : nil
            }
            #expect(started.duration(to: .now) < .seconds(6))
            try await waitForPending(20, admin, "/api/partners/\(id)")
        }
    }

    @Test("PUT answers at once, however silent the partner is, and leaves the same history")
    func put() async throws {
        try await run(host: "silent.example.com") { _, admin, partner in
            let started = ContinuousClock.now
            let reply = try await admin.put(partner, #"{"concurrencyLimit": 15, "pauseNonPriorityCampaigns": false}"#)
            #expect(reply.text == #"{"message":"Partner updated successfully"}"#)
            #expect(started.duration(to: .now) < .seconds(5))
            let history = try await history(admin, partner)
            #expect(history.map { $0["newValue"] } == [.integer(15)])
            #expect(history.map { $0["syncedToPartner"] } == [.bool(false)])
            // Equal to what is on file: no change.
            _ = try await admin.put(partner, #"{"concurrencyLimit": 15}"#)
            #expect(try await self.history(admin, partner).count == 1)
        }
    }

    @Test("Creating a partner changes nothing at it")
    func create() async throws {
        try await run { _, admin, partner in
            let pending = try await admin.get(partner).json["pendingChanges"]
            #expect(pending == .array([]))
            #expect(try await history(admin, partner).isEmpty)
        }
    }

    @Test("The history is newest first, typed by field, as long as asked for")
    func history() async throws {
        try await run { _, admin, partner in
            _ = try await admin.post("\(partner)/concurrency", Self.limit)
            _ = try await admin.post("\(partner)/pause-non-priority", #"{"enabled": true}"#)
            // On file, and confirmed: no change.
            _ = try await admin.post("\(partner)/concurrency", #"{"newLimit": 16}"#)
            let rows = try await history(admin, partner)
            #expect(rows.map { $0["newValue"] } == [.integer(16), .bool(true), .integer(15)])
            #expect(rows.map { $0["oldValue"] } == [.integer(15), .bool(false), .integer(5)])
            #expect(
                rows.map { $0["field"]?.text }
                    == ["concurrencyLimit", "pauseNonPriorityCampaigns", "concurrencyLimit"])
            #expect(rows.map { $0["reason"] } == [.null, .null, .string("Increased capacity")])
            for row in rows {
                #expect(row["changedBy"]?.text == "admin")
                #expect(row["id"]?.text?.isEmpty == false)
                #expect(row["syncedToPartner"] == .bool(true) && row["syncError"] == .null)
                for key in ["changedAt", "syncedAt"] { #expect(row[key]?.text?.hasSuffix("Z") == true) }
            }
            #expect(try await history(admin, partner, "?limit=2") == Array(rows[..<2]))
            let reply = try await admin.get("\(partner)/concurrency-history")
            let etag = try #require(reply.headers[.eTag])
            let again = try await admin.get("\(partner)/concurrency-history", headers: [.ifNoneMatch: etag])
            #expect(again.status == 304)
        }
    }

    @Test("The number of rows is a whole number from 1 to 1000", arguments: ["0", "1001", "-1", "x", "1.5", ""])
    func refusesRows(_ limit: String) async throws {
        try await run { _, admin, partner in
            let reply = try await admin.get("\(partner)/concurrency-history?limit=\(limit)")
            #expect(reply.status == 422)
            #expect(try reply.faultyFields == ["limit"])
        }
    }

    @Test(
        "All faults of a body are named, and nothing is changed",
        arguments: [
            ("concurrency", "{}", ["newLimit"]),
            ("concurrency", #"{"newLimit": null}"#, ["newLimit"]),
            ("concurrency", #"{"newLimit": "15"}"#, ["newLimit"]),
            ("concurrency", #"{"newLimit": true}"#, ["newLimit"]),
            ("concurrency", #"{"newLimit": 15.5}"#, ["newLimit"]),
            ("concurrency", #"{"newLimit": 0}"#, ["newLimit"]),
            ("concurrency", #"{"newLimit": -1}"#, ["newLimit"]),
            ("concurrency", #"{"newLimit": 1001}"#, ["newLimit"]),
            ("concurrency", #"{"newLimit": 9223372036854775808}"#, ["newLimit"]),
            ("concurrency", #"{"newLimit": 1e400}"#, ["newLimit"]),
            ("concurrency", #"{"newLimit": 15, "reason": 7}"#, ["reason"]),
            ("concurrency", #"{"newLimit": 15, "reason": "a\u0000b"}"#, ["reason"]),
            ("concurrency", #"{"reason": "\#(String(repeating: "x", count: 501))"}"#, ["newLimit", "reason"]),
            ("pause-non-priority", "{}", ["enabled"]),
            ("pause-non-priority", #"{"enabled": null}"#, ["enabled"]),
            ("pause-non-priority", #"{"enabled": "true"}"#, ["enabled"]),
            ("pause-non-priority", #"{"enabled": 1}"#, ["enabled"]),
        ])
    func refusesBody(_ path: String, _ body: String, _ fields: [String]) async throws {
        try await run { _, admin, partner in
            let reply = try await admin.post("\(partner)/\(path)", body)
            #expect(reply.status == 422)
            #expect(try reply.faultyFields == fields)
            #expect(try await history(admin, partner).isEmpty)
        }
    }

    @Test(
        "The outermost values are taken, and a reason may be absent",
        arguments: [
            #"{"newLimit": 1}"#, #"{"newLimit": 1000}"#, #"{"newLimit": 10.0, "reason": null}"#,
            #"{"newLimit": 10, "reason": "", "more": 1}"#,
            #"{"newLimit": 10, "reason": "\#(String(repeating: "é", count: 500))"}"#,
        ])
    func takesBody(_ body: String) async throws {
        try await run { _, admin, partner in
            let reply = try await admin.post("\(partner)/concurrency", body)
            #expect(try reply.json["syncedToPartner"] == .bool(true))
        }
    }

    @Test("A partner that there is not is a 404, whatever the body")
    func unknownPartner() async throws {
        try await run { _, admin, _ in
            for path in ["concurrency", "pause-non-priority"] {
                let reply = try await admin.post("/api/partners/nobody/\(path)", "{}")
                #expect(reply.status == 404)
            }
            let history = try await admin.get("/api/partners/nobody/concurrency-history?limit=0")
            #expect(history.status == 404)
        }
    }

    private func history(_ client: Client, _ partner: String, _ query: String = "") async throws -> [JSONValue] {
        guard case .array(let rows) = try await client.get("\(partner)/concurrency-history\(query)").json else {
            throw DecodingFailure()
        }
        return rows
    }

    private func waitForPending(_ limit: Int64, _ client: Client, _ partner: String) async throws {
        try await eventually("the change is on file") {
            try await client.get(partner).json["concurrencyLimit"] == .integer(limit) ? () : nil
        }
    }
}

/// An answer is not what a test can go on with.
private struct DecodingFailure: Error {}
