import Foundation
import HTTPTypes
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing

@testable import Web

@Suite("Period statistics", .timeLimit(.minutes(1)))
struct StatisticsRoutesTests {
    private static let november = "start_date=2024-11-01&end_date=2024-11-30"

    @Test("One partner's are as documented, in the documented order")
    func partner() async throws {
        try await Console.run { _, client in
            let id = try await client.signedIn().create(#""partnerName": "ApTask""#)
            let reply = try await client.viewer().get("/api/partners/\(id)/period-stats?\(Self.november)")
            #expect(
                reply.text == """
                    {"success":true,"period":{"startDate":"2024-11-01","endDate":"2024-11-30"},\
                    \(Self.counts(1))}
                    """)
            #expect(reply.headers[.cacheControl] == "no-store")
        }
    }

    @Test("All partners' are the sum of the active, by name; who fails is in it with the reason and zeros")
    func allPartners() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let second = try await admin.create(#""partnerName": "second""#)
            let first = try await admin.create(#""partnerName": "First""#)
            let broken = try await admin.create(#""partnerName": "Third", "dbHost": "refused.example.com""#)
            _ = try await admin.create(#""partnerName": "Asleep", "isActive": false"#)
            let reply = try await client.viewer().get("/api/all-partners/period-stats?\(Self.november)")
            #expect(
                reply.text == """
                    {"success":true,"period":{"startDate":"2024-11-01","endDate":"2024-11-30"},"totalPartners":3,\
                    "failedPartners":1,"aggregated":{\(Self.counts(2))},"partnerBreakdown":[\
                    {"partnerId":"\(first)","partnerName":"First",\(Self.counts(1))},\
                    {"partnerId":"\(second)","partnerName":"second",\(Self.counts(1))},\
                    {"partnerId":"\(broken)","partnerName":"Third",\(Self.zeros),\
                    "error":"SSH connection failed: Authentication failed"}]}
                    """)
        }
    }

    @Test("A partner that cannot be read is a 200 that says why; so are all of them")
    func failure() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""partnerName": "ApTask", "dbHost": "refused.example.com""#)
            let one = try await admin.get("/api/partners/\(id)/period-stats?\(Self.november)")
            #expect(one.status == 200)
            let error = #""error":"SSH connection failed: Authentication failed"}"#
            #expect(one.text.hasPrefix(#"{"success":false,"period":"#))
            #expect(one.text.hasSuffix("\(Self.zeros),\(error)"))
            let all = try await admin.get("/api/all-partners/period-stats?\(Self.november)")
            #expect(try all.json["success"] == .bool(false))
            #expect(try all.json["failedPartners"] == .integer(1))
        }
    }

    @Test("Without any active partner all is well and zero")
    func nobody() async throws {
        try await Console.run { _, client in
            let reply = try await client.viewer().get("/api/all-partners/period-stats?\(Self.november)")
            #expect(
                reply.text == """
                    {"success":true,"period":{"startDate":"2024-11-01","endDate":"2024-11-30"},"totalPartners":0,\
                    "failedPartners":0,"aggregated":{\(Self.zeros)},"partnerBreakdown":[]}
                    """)
        }
    }

    @Test(
        "A bad period is told field by field, and nobody is asked",
        arguments: [
            ("", 422, ["start_date", "end_date"]),
            ("start_date=2024-11-01", 422, ["end_date"]),
            ("start_date=&end_date=2024-11-30", 422, ["start_date"]),
            ("start_date=2024-02-30&end_date=2024-11-30", 422, ["start_date"]),
            ("start_date=2024-2-3&end_date=2024-13-01", 422, ["start_date", "end_date"]),
            ("start_date=%D9%A2%D9%A0%D9%A2%D9%A4-01-01&end_date=2024-11-30", 422, ["start_date"]),
            ("start_date=2024-11-01&end_date=2024-11-30&end_date=2024-11-30", 422, ["end_date"]),
            ("start_date=2024-11-01T00:00:00Z&end_date=%zz", 422, ["start_date", "end_date"]),
            ("startDate=2024-11-01&endDate=2024-11-30", 422, ["start_date", "end_date"]),
            ("start_date=2024-11-02&end_date=2024-11-01", 400, []),
            ("start_date=2014-11-02&end_date=2024-11-10", 400, []),
        ] as [(String, Int, [String])])
    func badPeriod(query: String, status: Int, fields: [String]) async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""partnerName": "ApTask""#)
            for path in ["/api/partners/\(id)/period-stats", "/api/all-partners/period-stats"] {
                let reply = try await admin.get("\(path)?\(query)")
                #expect(reply.status == status, "\(reply.text)")
                #expect(try reply.faultyFields == fields)
            }
            #expect(try await admin.get("/api/partners/none/period-stats?\(query)").status == 404)
        }
    }

    @Test("When the last client that waits leaves, the reading ends; before, it does not")
    func departure() async throws {
        try await Console.run(.live) { console, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""partnerName": "Slow", "dbHost": "slow.example.com""#)
            let port = try #require(client.http.port)
            let request = """
                GET /api/partners/\(id)/period-stats?\(Self.november) HTTP/1.1\r\nHost: x\r
                Authorization: Bearer \(try #require(admin.token))\r\n\r\n
                """
            let reads = { @Sendable in console.gateway.readsUnderWay.withLock { $0 } }
            do {
                let stays = try RawConnection(port: port)
                #expect(await stays.send(request))
                _ = try await eventually("the reading") { reads() == 1 ? true : nil }
                do {
                    let leaves = try RawConnection(port: port)
                    #expect(await leaves.send(request))
                    try await Task.sleep(for: .milliseconds(200))
                }
                try await Task.sleep(for: .milliseconds(300))
                #expect(reads() == 1)
            }
            _ = try await eventually("the end of the reading") { reads() == 0 ? true : nil }
            #expect(!console.log.lines.contains { $0.hasPrefix("error") })
        }
    }

    /// The documented example's numbers, so many times over.
    private static func counts(_ times: Int) -> String {
        """
        "calls":{"total":\(1523 * times),"byStatus":{"CANCELLED":\(100 * times),"ENDED":\(850 * times),\
        "FAILED":\(516 * times),"INPROGRESS":\(12 * times),"QUEUED":\(45 * times)}},\
        "submittals":{"total":\(245 * times),"byStatus":{"approved":\(20 * times),"pending":\(35 * times),\
        "rejected":\(10 * times),"submitted":\(180 * times)}}
        """
    }

    private static let zeros = #""calls":{"total":0,"byStatus":{}},"submittals":{"total":0,"byStatus":{}}"#
}
