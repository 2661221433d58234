import Domain
import Foundation
import Testing

@testable import Partners
@testable import TestSupport

@Suite("TLS to MySQL", .needsMariaDB)
struct MySQLEncryptionTests {
    @Test(
        "Where TLS is asked for, a server without it is sent nothing", arguments: [TLSMode.required, .verifyFull],
        [true, false])
    func nothingInTheClear(mode: TLSMode, knowsPlugins: Bool) async throws {
        var greeting = ScriptedMySQLServer.Greeting()
        greeting.knowsPlugins = knowsPlugins
        let server = try ScriptedMySQLServer(greeting)
        let account = MariaDBServer.Account(database: "x", username: "someone", password: "secret")
        var access = PartnerAccess.mysql(account, port: server.port)
        access.database.tlsMode = mode
        let refusal = try await refusal(access)
        #expect(refusal == "Database connection failed: The server does not offer TLS")
        #expect(server.received.isEmpty)
    }

    @Test(
        "A server that greets with an error is quoted, though TLS was asked for",
        arguments: [TLSMode.required, .verifyFull],
        [
            (1040, "Too many connections"),
            (1129, "The server has blocked this host after too many failed connections"),
            (1130, "This host is not allowed to connect to the server"),
        ] as [(UInt16, String)])
    func errorGreeting(mode: TLSMode, expected: (code: UInt16, reason: String)) async throws {
        var greeting = ScriptedMySQLServer.Greeting()
        greeting.error = expected.code
        let server = try ScriptedMySQLServer(greeting)
        let account = MariaDBServer.Account(database: "x", username: "someone", password: "secret")
        var access = PartnerAccess.mysql(account, port: server.port)
        access.database.tlsMode = mode
        let refusal = try await refusal(access)
        #expect(refusal == "Database connection failed: \(expected.reason)")
    }
}
