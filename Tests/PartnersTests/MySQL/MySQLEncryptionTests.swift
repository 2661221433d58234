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

    /// How many TLS handshakes it has accepted.
    var handshakes: Int {
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

    @Test("Each mode encrypts as it says, and judges certificates as it says")
    func modes() async throws {
        let secured = try await SecuredServer()
        let foreign = try await Certificates(name: "localhost").authority
        #expect(try await refusal(secured.access(.disabled)) == nil)
        #expect(try await secured.handshakes == 0)
        #expect(try await refusal(secured.access(.preferred)) == nil)
        #expect(try await secured.handshakes == 1)
        #expect(try await refusal(secured.access(.required)) == nil)
        #expect(try await secured.handshakes == 2)
        #expect(try await refusal(secured.access(.verifyFull, authority: secured.authority)) == nil)
        #expect(try await secured.handshakes >= 3)
        #expect(
            try await refusal(secured.access(.verifyFull, authority: foreign))
                == "Database connection failed: The server's certificate is not trusted")
        #expect(
            try await refusal(secured.access(.verifyFull))
                == "Database connection failed: The server's certificate is not trusted")
        #expect(
            try await refusal(secured.access(.verifyFull, host: "127.0.0.1", authority: secured.authority))
                == "Database connection failed: The server's certificate is not valid for '127.0.0.1'")
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
        #expect(try await refusal(tunnelled(.preferred)) == nil)
        #expect(try await secured.handshakes == 0)
        #expect(try await refusal(tunnelled(.required)) == nil)
        #expect(try await secured.handshakes == 1)
        #expect(try await refusal(tunnelled(.verifyFull)) == nil)
        #expect(
            try await refusal(tunnelled(.verifyFull, host: "127.0.0.1"))
                == "Database connection failed: The server's certificate is not valid for '127.0.0.1'")
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
        #expect(try await refusal(access) == "Database connection failed: The server does not offer TLS")
        #expect(server.received.isEmpty)
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
