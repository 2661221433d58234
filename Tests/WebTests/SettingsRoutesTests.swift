import Domain
import HTTPTypes
import Sync
import Testing

@testable import Web

@Suite("Settings")
struct SettingsRoutesTests {
    @Test("All are shown, any subset can be changed, and what is shown can be sent back")
    func changes() async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            let before = try await admin.get("/api/settings")
            let documented = #"{"refreshInterval": 120, "dataRetentionDays": 90, "alertThreshold": 80}"#
            #expect(try before.json.departures(from: JSONValue(documented)) == [])
            #expect(try before.json["timeZone"]?.text == "America/New_York")

            let reply = try await admin.put("/api/settings", #"{"refreshInterval": 180, "dataRetentionDays": 120}"#)
            #expect(reply.text == #"{"message":"Settings updated successfully"}"#)
            #expect(console.engine.settings.refreshInterval == 180)
            let after = try await admin.get("/api/settings")
            #expect(try after.json["dataRetentionDays"] == .integer(120))
            #expect(after.headers[.eTag] != before.headers[.eTag])
            #expect(try await admin.put("/api/settings", after.text).status == 200)
            #expect(try await admin.get("/api/settings").text == after.text)
        }
    }

    @Test("One fault and nothing is changed; every fault is named, and every unknown key")
    func refuses() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let before = try await admin.get("/api/settings").text
            let body = """
                {"refreshInterval": 4, "dataRetentionDays": 3651, "alertThreshold": "80", "autoRefreshEnabled": 1,
                "queryTimeout": 1.5, "timeZone": "EST5", "highQueuedMin": -1, "connectionTimeout": 60,
                "zebra": 1, "aardvark": null}
                """
            let reply = try await admin.put("/api/settings", body)
            #expect(reply.status == 422)
            #expect(
                try reply.faultyFields == [
                    "refreshInterval", "dataRetentionDays", "alertThreshold", "autoRefreshEnabled", "queryTimeout",
                    "timeZone", "highQueuedMin", "aardvark", "zebra",
                ])
            #expect(try await admin.get("/api/settings").text == before)
        }
    }
}
