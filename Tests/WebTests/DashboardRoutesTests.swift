import Domain
import HTTPTypes
import Sync
import TestSupport
import Testing

@testable import Web

@Suite("The dashboard")
struct DashboardRoutesTests {
    @Test("Overview and partners answer as documented, and an unchanged poll is a 304")
    func showsPicture() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""partnerName": "ApTask", "concurrencyLimit": 5"#)
            _ = try await admin.metrics(of: id)

            let overview = try await admin.get("/api/dashboard/overview")
            #expect(try overview.json.departures(from: JSONValue(Self.overviewExample)) == [])
            #expect(try overview.json["completedCallsToday"] == .integer(125))
            #expect(try overview.json["avgUtilization"] == .integer(40))
            let partners = try await admin.get("/api/dashboard/partners")
            #expect(try partners.json.departures(from: JSONValue(Self.partnersExample)) == [])

            for path in ["/api/dashboard/overview", "/api/dashboard/partners", "/api/partners", "/api/partners/\(id)"] {
                let reply = try await eventually("two polls alike") {
                    let first = try await admin.get(path)
                    let etag = try #require(first.headers[.eTag])
                    #expect(first.headers[.cacheControl] == "no-cache")
                    let second = try await admin.get(path, headers: [.ifNoneMatch: "\"other\", W/\(etag)"])
                    return second.status == 304 ? second : nil
                }
                #expect(reply.text.isEmpty)
                #expect(reply.headers[.contentLength] == nil)
                #expect(reply.headers[.eTag] != nil)
                #expect(try await admin.get(path, headers: [.ifNoneMatch: "\"other\""]).status == 200)
            }
        }
    }

    /// Partners that nobody visits, so that what is said of them stays as it is.
    private static func crowd(_ admin: Client) async throws {
        for index in 0..<5 { _ = try await admin.create("\"partnerName\": \"Partner \(index)\", \"isActive\": false") }
    }

    @Test(
        "What is large is compressed for who takes gzip, and says the same",
        arguments: ["/api/dashboard/partners", "/api/partners"])
    func compresses(_ path: String) async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            try await Self.crowd(admin)
            let plain = try await admin.get(path)
            let packed = try await admin.get(path, headers: [.acceptEncoding: "gzip, deflate, br"])
            #expect(packed.headers[.contentEncoding] == "gzip" && plain.headers[.contentEncoding] == nil)
            #expect(packed.headers[.vary] == "Accept-Encoding" && plain.headers[.vary] == "Accept-Encoding")
            #expect(packed.text == plain.text)
            let length = try #require(packed.headers[.contentLength].flatMap { Int($0) })
            #expect(length < plain.text.utf8.count / 2)
            let head = try await admin.send(.head, path, headers: [.acceptEncoding: "gzip"])
            #expect(head.text.isEmpty && head.headers[.contentEncoding] == "gzip")
            #expect(head.headers[.contentLength] == packed.headers[.contentLength])
            #expect(head.headers[.eTag] == packed.headers[.eTag])
            #expect(try await admin.get(path, headers: [.acceptEncoding: "gzip;q=0"]).headers[.contentEncoding] == nil)
        }
    }

    @Test("The tag of either form is a 304 that names the form which the client has", arguments: [nil, "gzip"])
    func knowsBothForms(_ encoding: String?) async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            try await Self.crowd(admin)
            let path = "/api/dashboard/partners"
            let tag = try #require(try await admin.get(path).headers[.eTag])
            let packedTag = try #require(try await admin.get(path, headers: [.acceptEncoding: "gzip"]).headers[.eTag])
            #expect(packedTag == "\(tag.dropLast())-gzip\"")
            var headers: HTTPFields = [:]
            if let encoding { headers[.acceptEncoding] = encoding }
            for (named, answered) in [
                (tag, tag), (packedTag, packedTag), ("\"x\", W/\(packedTag)", packedTag),
                ("\(tag), \(packedTag)", encoding == nil ? tag : packedTag), ("*", encoding == nil ? tag : packedTag),
            ] {
                headers[.ifNoneMatch] = named
                for method in [HTTPRequest.Method.get, .head] {
                    let reply = try await admin.send(method, path, headers: headers)
                    #expect(reply.status == 304 && reply.text.isEmpty, "\(named)")
                    #expect(reply.headers[.eTag] == answered && reply.headers[.vary] == "Accept-Encoding", "\(named)")
                    #expect(reply.headers[.contentEncoding] == nil && reply.headers[.contentLength] == nil)
                }
            }
            headers[.ifNoneMatch] = "\"x-gzip\", \"-gzip\", \"\", \"gzip\""
            #expect(try await admin.get(path, headers: headers).status == 200)
        }
    }

    @Test("What is small is not worth compressing")
    func leavesSmallOnes() async throws {
        try await Console.run { _, client in
            let viewer = try await client.viewer()
            let reply = try await viewer.get("/api/dashboard/overview", headers: [.acceptEncoding: "gzip"])
            #expect(reply.headers[.contentEncoding] == nil && reply.headers[.eTag]?.hasSuffix("-gzip\"") == false)
        }
    }

    @Test("Before any partner the picture is empty, not missing")
    func showsNothing() async throws {
        try await Console.run { _, client in
            let viewer = try await client.viewer()
            #expect(try await viewer.get("/api/dashboard/partners").text == "[]")
            let overview = try await viewer.get("/api/dashboard/overview")
            #expect(try overview.json.departures(from: JSONValue(Self.overviewExample)) == [])
            #expect(try overview.json["totalPartners"] == .integer(0))
        }
    }

    @Test("A refresh says how many active partners it asked for")
    func refreshes() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            _ = try await admin.create(#""partnerName": "One""#)
            _ = try await admin.create(#""partnerName": "Two""#)
            _ = try await admin.create(#""partnerName": "Off", "isActive": false"#)
            let reply = try await admin.post("/api/dashboard/refresh")
            #expect(reply.text == #"{"message":"Dashboard refresh initiated for 2 partners"}"#)
        }
    }

    @Test("Health needs no login and shows no secret")
    func isHealthy() async throws {
        try await Console.run { _, client in
            let reply = try await client.get("/health")
            #expect(reply.text == #"{"status":"ok","version":"1.0.0"}"#)
        }
    }

    private static let overviewExample = """
        {"campaignsToday": 42, "runningCampaigns": 88, "activeCalls": 7, "queuedCalls": 3, "completedCallsToday": 125,
        "remainingCalls": 537, "totalPartners": 1, "activePartners": 1, "avgUtilization": 35.5,
        "lastUpdated": "2024-11-06T20:30:00Z", "freshPartners": 1, "stalePartners": 0}
        """

    private static let partnersExample = """
        [{"partner": {"id": "partner-id", "partnerName": "ApTask", "tenantId": 123, "concurrencyLimit": 5,
        "pauseNonPriorityCampaigns": false, "isActive": true}, "snapshot": {"campaignsToday": 42, "runningCampaigns": 88,
        "activeCalls": 7, "queuedCalls": 3, "completedCallsToday": 125, "voicemailCount": 45, "customerEndedCount": 80,
        "remainingCalls": 537, "utilizationPercent": 35.5, "alertLevel": "NORMAL"}}]
        """
}
