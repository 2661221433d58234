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
            (#""dbPassword": 5"#, ["dbPassword"]), (#""dbPassword": """#, []),
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
        #expect(PartnerBody(body).faults.map(\.field) == fields)
    }

    @Test("A faulty basis of a test is named with all other faults")
    func namesFaultyBasis() throws {
        let rejection = #expect(throws: Rejection.self) {
            try PartnerBody.basis(["id": .integer(1), "dbPort": .integer(0)])
        }
        guard case .fields(let faults) = rejection else {
            Issue.record("\(String(describing: rejection))")
            return
        }
        #expect(faults.map(\.field) == ["id", "dbPort"])
    }

    @Test("Null clears the pin and the authorities; absent keeps them")
    func tellsNullFromAbsent() {
        let cleared = PartnerBody(
            ["dbTlsCa": .null, "sshConfig": .object(["hostKeyFingerprint": .null])], storedKind: .mysql
        ).patch
        #expect(cleared.tlsCA == .some(nil))
        #expect(cleared.ssh?.hostKey == .some(nil))
        let kept = PartnerBody(["sshConfig": .object([:])], storedKind: .mysql).patch
        #expect(kept.tlsCA == nil)
        #expect(kept.ssh == SSHPatch())
    }
}
