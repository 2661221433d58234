import Domain
import Foundation
import HTTPTypes
import Store
import Sync
import TestSupport
import Testing

@testable import Web

/// The documented body of a new partner, with members that replace or add to its own.
func partnerBody(_ members: String = "") -> String {
    let extra = members.isEmpty ? "" : "," + members
    let defaults: [(String, String)] = [
        ("partnerName", #""New Partner""#), ("tenantId", "123"), ("dbHost", #""db.example.com""#), ("dbPort", "3306"),
        ("dbName", #""partner_db""#), ("dbUsername", #""dbuser""#), ("dbPassword", #""dbpass123""#),
        ("dbType", #""mysql""#), ("concurrencyLimit", "10"), ("pauseNonPriorityCampaigns", "false"),
        ("isActive", "true"),
        (
            "sshConfig",
            #"{"enabled": true, "host": "ssh.example.com", "port": 22, "username": "sshuser", "password": "sshpass123"}"#
        ),
    ]
    let kept = defaults.filter { !members.contains("\"\($0.0)\":") }.map { "\"\($0.0)\": \($0.1)" }
    return "{" + kept.joined(separator: ",") + extra + "}"
}

extension Client {
    /// Creates a partner and returns its id.
    func create(_ members: String = "") async throws -> String {
        let reply = try await post("/api/partners", partnerBody(members))
        try #require(reply.status == 200, "\(reply.text)")
        return try #require(try reply.json["id"]?.text)
    }

    /// The metrics once there are some.
    func metrics(of id: String) async throws -> Reply {
        try await eventually("a snapshot") {
            let reply = try await get("/api/partners/\(id)/metrics")
            return reply.status == 200 ? reply : nil
        }
    }
}

@Suite("Partners")
struct PartnerRoutesTests {
    @Test("Creating, listing, changing and deleting answer as documented")
    func livesThrough() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let created = try await admin.post("/api/partners", partnerBody())
            let id = try #require(try created.json["id"]?.text)
            #expect(created.status == 200)
            #expect(created.text == #"{"message":"Partner created successfully","id":"\#(id)"}"#)

            let list = try await admin.get("/api/partners")
            #expect(try list.json.departures(from: JSONValue("[\(Self.example)]")) == [])
            let shown = try await admin.get("/api/partners/\(id)")
            #expect(try shown.json.departures(from: JSONValue(Self.example)) == [])
            for key in Self.furtherKeys { #expect(try shown.json[key] != nil, "\(key)") }
            #expect(try shown.json["sshConfig"]?["authMethod"]?.text == "password")

            let changed = try await admin.put("/api/partners/\(id)", #"{"partnerName": "Renamed"}"#)
            #expect(changed.text == #"{"message":"Partner updated successfully"}"#)
            #expect(try await admin.get("/api/partners/\(id)").json["partnerName"]?.text == "Renamed")

            let deleted = try await admin.delete("/api/partners/\(id)")
            #expect(deleted.text == #"{"message":"Partner deleted successfully"}"#)
            #expect(try await admin.get("/api/partners/\(id)").status == 404)
            #expect(try await admin.get("/api/partners").text == "[]")
        }
    }

    @Test(
        "What GET shows can be sent back and changes nothing but what the visit does", arguments: ["", sqlite, noSSH])
    func takesItsOwnAnswer(_ members: String) async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            let id = try await admin.create((members.isEmpty ? "" : members + ",") + #""isActive": false"#)
            let before = try #require(try await console.store.access(to: PartnerID(id)))
            let shown = try await admin.get("/api/partners/\(id)")
            let reply = try await admin.put("/api/partners/\(id)", shown.text)
            #expect(reply.status == 200, "\(reply.text)")
            let after = try #require(try await console.store.access(to: PartnerID(id)))
            #expect(after.secrets == before.secrets)
            #expect(after.partner.configuration == before.partner.configuration)
            #expect(after.partner.revision == before.partner.revision)
        }
    }

    @Test("A name is taken without regard to case")
    func refusesTakenName() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            _ = try await admin.create(#""partnerName": "Zürich""#)
            let reply = try await admin.post("/api/partners", partnerBody(#""partnerName": "zÜRICH""#))
            #expect(reply.status == 400)
            #expect(reply.text == #"{"detail":"Partner name already exists"}"#)
        }
    }

    @Test("Metrics are those of the last visit; before it there are none")
    func showsMetrics() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let idle = try await admin.create(#""partnerName": "Idle", "isActive": false"#)
            let none = try await admin.get("/api/partners/\(idle)/metrics")
            #expect(none.status == 404)
            #expect(try none.detail == "No metrics available yet for Idle")

            let id = try await admin.create(#""partnerName": "ApTask", "concurrencyLimit": 5"#)
            let reply = try await admin.metrics(of: id)
            #expect(try reply.json.departures(from: JSONValue(Self.metricsExample)) == [])
            #expect(try reply.json["utilizationPercent"] == .integer(40))
            #expect(try reply.json["completedCallsToday"] == .integer(125))
            #expect(try reply.json["partnerId"]?.text == id)
            #expect(reply.headers[.cacheControl] == "no-cache")
            let etag = try #require(reply.headers[.eTag])
            #expect(try await admin.get("/api/partners/\(id)/metrics", headers: [.ifNoneMatch: etag]).status == 304)
        }
    }

    @Test("Forcing a visit answers at once and brings metrics, to the inactive too")
    func forcesSync() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""partnerName": "ApTask", "isActive": false"#)
            let reply = try await admin.post("/api/partners/\(id)/force-sync")
            #expect(reply.text == #"{"message":"Force sync initiated for ApTask"}"#)
            _ = try await admin.metrics(of: id)
        }
    }

    @Test("A test of a stored partner tells what it found and leaves a log, which can be cleared")
    func testsConnection() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""isActive": false"#)
            let reply = try await admin.post("/api/partners/\(id)/test-connection")
            #expect(try reply.json.departures(from: JSONValue(Self.testExample)) == [])
            #expect(try reply.json["message"]?.text == "Connection successful via SSH tunnel")
            for key in ["serverVersion", "tenantScoped", "hostKeyFingerprint", "stages", "warnings"] {
                #expect(try reply.json["details"]?[key] != nil, "\(key)")
            }
            let pinned = try await admin.get("/api/partners/\(id)").json["sshConfig"]?["hostKeyFingerprint"]?.text
            #expect(pinned == StubGateway.hostKey.description)

            let logs = try await admin.get("/api/partners/\(id)/logs?limit=50")
            #expect(try logs.json.departures(from: JSONValue(Self.logsExample)) == [])
            let cleared = try await admin.delete("/api/partners/\(id)/logs")
            #expect(cleared.text == #"{"message":"Deleted 1 connection logs"}"#)
            #expect(try await admin.get("/api/partners/\(id)/logs").text == "[]")
        }
    }

    @Test("A failed test is a 200 that names the stage")
    func reportsFailedTest() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""isActive": false, "dbHost": "refused.example.com""#)
            let reply = try await admin.post("/api/partners/\(id)/test-connection")
            #expect(reply.status == 200)
            #expect(try reply.json["success"] == .bool(false))
            #expect(try reply.json["message"]?.text == "SSH connection failed: Authentication failed")
            #expect(try reply.json["details"]?["failedStage"]?.text == "ssh-auth")
            let logs = try await admin.get("/api/partners/\(id)/logs").text
            #expect(logs.contains(#""status":"SSH_FAILED""#))
        }
    }

    @Test("A test before saving uses the stored secrets of the partner it names, and logs nothing")
    func testsUnsaved() async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""isActive": false"#)
            let reply = try await admin.post(
                "/api/partners/test-connection", #"{"id": "\#(id)", "dbHost": "elsewhere.example.com"}"#)
            #expect(reply.status == 200, "\(reply.text)")
            let access = try #require(console.gateway.checks.last)
            #expect(access.partner.configuration.database.host == "elsewhere.example.com")
            #expect(access.secrets.databasePassword?.clearText == "dbpass123")
            #expect(access.secrets.ssh == .password(Secret("sshpass123")))
            #expect(try await admin.get("/api/partners/\(id)/logs").text == "[]")
            #expect(try await admin.get("/api/partners/\(id)").json["dbHost"]?.text == "db.example.com")

            #expect(try await admin.post("/api/partners/test-connection", partnerBody()).status == 200)
            let unknown = try await admin.post("/api/partners/test-connection", partnerBody(#""id": "nobody""#))
            #expect(unknown.status == 404)
            let incomplete = try await admin.post("/api/partners/test-connection", #"{"dbPort": 0}"#)
            #expect(
                try Set(incomplete.faultyFields)
                    == ["dbPort", "partnerName", "dbHost", "dbName", "dbUsername", "dbPassword"])
        }
    }

    @Test(
        "Faults of fields, what is missing and a key that does not open are named together", arguments: [true, false])
    func namesAllFaults(isNew: Bool) async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""isActive": false, "sshConfig": {"enabled": false}"#)
            let ssh = #""sshConfig": {"enabled": true, "port": 0, "username": "u", "privateKey": "garbage"}"#
            let reply =
                if isNew {
                    try await admin.post("/api/partners", #"{"dbHost": 5, "dbName": "n", "dbUsername": "u", \#(ssh)}"#)
                } else {
                    try await admin.put("/api/partners/\(id)", #"{"dbHost": 5, \#(ssh)}"#)
                }
            let missing = isNew ? ["partnerName", "dbPassword"] : []
            #expect(reply.status == 422)
            #expect(
                try reply.faultyFields.sorted()
                    == (missing + ["dbHost", "sshConfig.port", "sshConfig.host", "sshConfig.privateKey"]).sorted())
        }
    }

    @Test("What was shown before the first contact does not clear the pin made since")
    func keepsNewPin() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""isActive": false"#)
            let shown = try await admin.get("/api/partners/\(id)")
            #expect(try shown.json["sshConfig"]?["hostKeyFingerprint"] == nil)
            _ = try await admin.post("/api/partners/\(id)/test-connection")
            #expect(try await admin.put("/api/partners/\(id)", shown.text).status == 200)
            let pinned = try await admin.get("/api/partners/\(id)").json["sshConfig"]?["hostKeyFingerprint"]?.text
            #expect(pinned == StubGateway.hostKey.description)
        }
    }

    @Test("Logs of a partner that there is not are a 404, whatever the number")
    func looksForPartnerFirst() async throws {
        try await Console.run { _, client in
            let reply = try await client.signedIn().get("/api/partners/nope/logs?limit=0")
            #expect(reply.status == 404)
        }
    }

    @Test(
        "The number of logs is a whole number from 1 to 1000", arguments: ["0", "1001", "-1", "x", "1.5", "", "%31x"])
    func refusesLimit(_ limit: String) async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""isActive": false"#)
            let reply = try await admin.get("/api/partners/\(id)/logs?limit=\(limit)")
            #expect(reply.status == 422)
            #expect(try reply.faultyFields == ["limit"])
        }
    }

    @Test("No answer, log line or error shows a secret")
    func keepsSecrets() async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            let key = "-----BEGIN OPENSSH PRIVATE KEY-----\\nPLANTED-KEY\\n-----END OPENSSH PRIVATE KEY-----"
            let ssh = """
                "sshConfig": {"enabled": true, "host": "ssh.example.com", "username": "u", "privateKey": "\(key)",
                "passphrase": "PLANTED-PASSPHRASE"}
                """
            let id = try await admin.create(#""dbPassword": "PLANTED-PASSWORD", "# + ssh)
            _ = try await admin.metrics(of: id)
            var texts: [String] = []
            for path in ["", "/\(id)", "/\(id)/metrics", "/\(id)/logs"] {
                texts.append(try await admin.get("/api/partners\(path)").text)
            }
            texts.append(try await admin.get("/api/dashboard/partners").text)
            texts.append(try await admin.post("/api/partners/\(id)/test-connection").text)
            let bad = partnerBody(#""dbPassword": "PLANTED-PASSWORD", "dbPort": "PLANTED-PORT", "# + ssh)
            texts.append(try await admin.post("/api/partners", bad).text)
            texts.append(try await admin.post("/api/partners", bad + "x").text)
            texts.append(
                try await client.post("/api/auth/login", #"{"username": "PLANTED", "password": "PLANTED"}"#).text)
            texts += console.log.lines
            let token = try #require(admin.token)
            for text in texts {
                for secret in ["PLANTED", "\"privateKey\":", "passphrase\":", "dbPassword\":\"", token] {
                    #expect(!text.contains(secret), "\(text)")
                }
            }
        }
    }

    private static let sqlite = #""dbType": "sqlite", "dbName": "demo.db", "dbHost": "", "dbPort": 0, "sshConfig": {}"#
    private static let noSSH =
        #""sshConfig": {"enabled": false, "host": "", "port": 22, "username": "", "password": ""}"#

    private static let furtherKeys = [
        "dbUsername", "dbTlsMode", "lastSyncAt", "lastSyncStatus", "lastErrorMessage", "consecutiveFailures",
        "nextSyncAt",
        "alertLevel", "pendingChanges", "createdAt", "updatedAt",
    ]

    private static let example = """
        {"id": "partner-id", "partnerName": "ApTask", "tenantId": 123, "dbHost": "db.example.com", "dbPort": 3306,
        "dbName": "aptask_db", "dbType": "mysql", "concurrencyLimit": 5, "pauseNonPriorityCampaigns": false,
        "isActive": true, "sshConfig": {"enabled": true, "host": "ssh.example.com", "port": 22, "username": "sshuser"}}
        """

    private static let metricsExample = """
        {"id": "snapshot-id", "partnerId": "partner-id", "campaignsToday": 42, "runningCampaigns": 88, "activeCalls": 7,
        "queuedCalls": 3, "completedCallsToday": 125, "voicemailCount": 45, "customerEndedCount": 80,
        "remainingCalls": 537, "concurrencyLimit": 5, "utilizationPercent": 35.5, "alertLevel": "NORMAL",
        "alertMessage": null, "snapshotTime": "2024-11-06T20:30:00Z", "dataFetchTimeMs": 1250}
        """

    private static let testExample = """
        {"success": true, "message": "Connection successful via SSH tunnel", "responseTimeMs": 245,
        "details": {"database": "aptask_db", "via_ssh": true}}
        """

    private static let logsExample = """
        [{"id": "log-id", "partnerId": "partner-id", "status": "SUCCESS", "timestamp": "2024-11-06T20:30:00Z",
        "responseTimeMs": 245, "errorMessage": null}]
        """
}
