import Domain
import Testing

@testable import Web

@Suite("A partner's body")
struct PartnerBodyTests {
    @Test(
        "Every field of the wrong type or out of range is named",
        arguments: [
            (#""partnerName": """#, ["partnerName"]), (#""partnerName": "  ""#, ["partnerName"]),
            (#""partnerName": 5"#, ["partnerName"]), (#""partnerName": null"#, ["partnerName"]),
            (#""partnerName": "a\u0000b""#, ["partnerName"]), (#""partnerName": "a\nb""#, ["partnerName"]),
            (#""tenantId": -1"#, ["tenantId"]), (#""tenantId": 1.5"#, ["tenantId"]),
            (#""tenantId": "1""#, ["tenantId"]),
            (#""tenantId": 9223372036854775808"#, ["tenantId"]), (#""dbHost": "a b""#, ["dbHost"]),
            (#""dbHost": """#, ["dbHost"]), (#""dbPort": 0"#, ["dbPort"]), (#""dbPort": 65536"#, ["dbPort"]),
            (#""dbPort": "3306""#, ["dbPort"]), (#""dbPort": null"#, ["dbPort"]), (#""dbPort": true"#, ["dbPort"]),
            (#""dbType": "oracle""#, ["dbType"]), (#""dbType": null"#, ["dbType"]),
            (#""dbTlsMode": "on""#, ["dbTlsMode"]),
            (#""dbTlsCa": "x""#, ["dbTlsCa"]), (#""concurrencyLimit": 0"#, ["concurrencyLimit"]),
            (#""concurrencyLimit": 1001"#, ["concurrencyLimit"]), (#""isActive": 1"#, ["isActive"]),
            (#""isActive": "true""#, ["isActive"]),
            (#""pauseNonPriorityCampaigns": null"#, ["pauseNonPriorityCampaigns"]),
            (#""dbPassword": 5"#, ["dbPassword"]), (#""dbPassword": """#, ["dbPassword"]),
            (#""sshConfig": []"#, ["sshConfig"]),
            (#""sshConfig": {"enabled": "yes"}"#, ["sshConfig.enabled"]),
            (
                #""sshConfig": {"enabled": true, "port": 0, "host": "", "username": 1, "password": 2}"#,
                ["sshConfig.host", "sshConfig.port", "sshConfig.username", "sshConfig.password"]
            ),
            (
                #""sshConfig": {"enabled": true, "host": "h", "username": "u", "password": "p", "hostKeyFingerprint": "MD5:1"}"#,
                ["sshConfig.hostKeyFingerprint"]
            ),
            (
                #""partnerName": 1, "dbPort": "x", "isActive": "y", "sshConfig": {"port": 70000}"#,
                ["partnerName", "dbPort", "isActive", "sshConfig.port"]
            ),
        ])
    func namesFaults(_ members: String, _ fields: [String]) throws {
        guard case .object(let body) = try JSONValue(partnerBody(members)) else { return }
        let rejection = #expect(throws: Rejection.self) { try PartnerBody.new(body) }
        guard case .fields(let faults) = rejection else {
            Issue.record("\(String(describing: rejection))")
            return
        }
        #expect(faults.map(\.field) == fields)
    }

    @Test("An empty body lacks all required fields at once, and what is wrong is not also missing")
    func namesMissing() throws {
        let rejection = #expect(throws: Rejection.self) { try PartnerBody.new(["dbHost": .integer(1)]) }
        guard case .fields(let faults) = rejection else {
            Issue.record("\(String(describing: rejection))")
            return
        }
        #expect(
            faults.sorted { $0.field < $1.field }.map(\.field)
                == ["dbHost", "dbName", "dbPassword", "dbUsername", "partnerName"])
    }

    @Test("Null clears the pin and the authorities; absent keeps them")
    func tellsNullFromAbsent() throws {
        let cleared = try PartnerBody.edit(
            ["dbTlsCa": .null, "sshConfig": .object(["hostKeyFingerprint": .null])], storedKind: .mysql)
        #expect(cleared.tlsCA == .some(nil))
        #expect(cleared.ssh?.hostKey == .some(nil))
        let kept = try PartnerBody.edit(["sshConfig": .object([:])], storedKind: .mysql)
        #expect(kept.tlsCA == nil)
        #expect(kept.ssh == SSHPatch())
    }
}
