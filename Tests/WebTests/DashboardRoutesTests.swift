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
