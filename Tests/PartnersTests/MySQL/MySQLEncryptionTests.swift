import Domain
import Foundation

import Testing

@testable import Partners
@testable import TestSupport

/// A server whose certificate is good for `localhost` only.
private struct SecuredServer: Sendable {
    let server: MariaDBServer
    let authority: String
    let account: MariaDBServer.Account

    init() async throws {
        let certificates = try await Certificates(name: "localhost")
        authority = certificates.authority
        server = try await MariaDBServer.start(certificates.serverArguments)
        account = try await server.makePartner(rows: PartnerRows())
    }

    func access(_ mode: TLSMode, host: String = "localhost", authority: String? = nil) -> PartnerAccess {
        var access = PartnerAccess.mysql(account, host: host, port: server.port)
        access.database.tlsMode = mode
        access.database.tlsCA = authority
        return access
    }

    /// How many TLS handshakes it accepts while `body` runs.
    func handshakes(during body: () async throws -> Void) async throws -> Int {
        // The program that asks may make one of its own.
        let own = try await -handshakes + handshakes
        let before = try await handshakes
        try await body()
        return try await handshakes - before - own
    }

    private var handshakes: Int {
        get async throws {
            let text = try await server.execute("SHOW GLOBAL STATUS LIKE 'Ssl_accepts'")
            return Int(text.split(whereSeparator: \.isWhitespace).last ?? "") ?? -1
        }
    }
}

@Suite("TLS to a database", .needsMariaDB)
struct MySQLEncryptionTests {
    /// The reason why the gateway cannot read this partner; `nil` if it can.
    private func refusal(_ access: PartnerAccess) async throws -> String? {
        try await TestPartner.with(.sqlite) { partner in
            var partner = partner
            partner.access = access
            do {
                try await partner.connect()
                _ = try await partner.metrics()
                return nil
            } catch let error as VisitError {
                return error.message
            }
        }
    }

    @Test("Each mode encrypts as it says")
    func modes() async throws {
        let secured = try await SecuredServer()
        for (mode, expected) in [(TLSMode.disabled, 0), (.preferred, 1), (.required, 1), (.verifyFull, 1)] {
            let handshakes = try await secured.handshakes {
                let refusal = try await refusal(secured.access(mode, authority: secured.authority))
                #expect(refusal == nil)
            }
            #expect(handshakes == expected, "\(mode)")
        }
        await secured.server.stop()
    }

    @Test("A certificate must be signed by the given authority, or else by the system's, for the database's own name")
    func certificates() async throws {
        let secured = try await SecuredServer()
        let untrusted = "Database connection failed: The server's certificate is not trusted"
        let foreign = try await refusal(
            secured.access(.verifyFull, authority: Certificates(name: "localhost").authority))
        #expect(foreign == untrusted)
        let unknown = try await refusal(secured.access(.verifyFull))
        #expect(unknown == untrusted)
        let misnamed = try await refusal(
            secured.access(.verifyFull, host: "127.0.0.1", authority: secured.authority))
        #expect(misnamed == "Database connection failed: The server's certificate is not valid for '127.0.0.1'")
        await secured.server.stop()
    }

    @Test("Through a tunnel a certificate is judged by the database's own name", .needsSSHServer)
    func throughTunnel() async throws {
        let secured = try await SecuredServer()
        let bastion = try await SSHServer.shared()
        func tunnelled(_ mode: TLSMode, host: String = "localhost") -> PartnerAccess {
            var access = secured.access(mode, host: host, authority: secured.authority)
            access.tunnel(through: bastion)
            return access
        }
        for (mode, expected) in [(TLSMode.disabled, 0), (.preferred, 0), (.required, 1), (.verifyFull, 1)] {
            let handshakes = try await secured.handshakes {
                let refusal = try await refusal(tunnelled(mode))
                #expect(refusal == nil)
            }
            #expect(handshakes == expected, "\(mode)")
        }
        let misnamed = try await refusal(tunnelled(.verifyFull, host: "127.0.0.1"))
        #expect(misnamed == "Database connection failed: The server's certificate is not valid for '127.0.0.1'")
        await secured.server.stop()
    }

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
        let refusal12 = try await refusal(access)
        #expect(refusal12 == "Database connection failed: The server does not offer TLS")
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

    @Test("A server that offers TLS and does not mean it learns no name", arguments: [TLSMode.required, .verifyFull])
    func brokenHandshake(mode: TLSMode) async throws {
        var greeting = ScriptedMySQLServer.Greeting()
        greeting.offersTLS = true
        let server = try ScriptedMySQLServer(greeting)
        let account = MariaDBServer.Account(database: "x", username: "someone", password: "secret")
        var access = PartnerAccess.mysql(account, port: server.port)
        access.database.tlsMode = mode
        #expect(try await refusal(access)?.hasPrefix("Database connection failed: ") == true)
        #expect(!String(decoding: server.received, as: UTF8.self).contains("someone"))
    }
}
