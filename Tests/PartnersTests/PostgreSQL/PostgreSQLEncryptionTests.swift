import Domain
import Foundation
import TestSupport
import Testing

@testable import Partners

/// A server whose certificate is good for `localhost` only.
private struct SecuredServer: Sendable {
    let server: PostgreSQLServer
    let authority: String
    let account: DatabaseAccount

    init(access: [String] = []) async throws {
        let certificates = try await Certificates(name: "localhost")
        authority = certificates.authority
        server = try await PostgreSQLServer.start(certificates: certificates, access: access)
        account = try await server.makePartner(rows: PartnerRows())
    }

    func access(_ mode: TLSMode, host: String = "localhost", authority: String? = nil) -> PartnerAccess {
        var access = PartnerAccess.postgreSQL(account, host: host, port: server.port)
        access.database.tlsMode = mode
        access.database.tlsCA = authority
        return access
    }

    /// Whether the one connection that the account has is encrypted.
    func isEncrypted() async throws -> Bool {
        try await server.execute(
            "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '\(account.username)'")
            == "t\n"
    }
}

@Suite("TLS to PostgreSQL", .needsPostgreSQL)
struct PostgreSQLEncryptionTests {
    /// The reason why the gateway cannot read this partner; `nil` if it can. `whileOpen` runs before it closes.
    private func refusal(
        _ access: PartnerAccess, whileOpen: () async throws -> Void = {}
    ) async throws -> String? {
        try await TestPartner.with(.sqlite) { partner in
            var partner = partner
            partner.access = access
            do {
                try await partner.connect()
                _ = try await partner.metrics()
                try await whileOpen()
                return nil
            } catch let error as VisitError {
                return error.message
            }
        }
    }

    private static let modes: [(TLSMode, direct: Bool, tunnelled: Bool)] = [
        (.disabled, false, false), (.preferred, true, false), (.required, true, true), (.verifyFull, true, true),
    ]

    @Test("Each mode encrypts as it says")
    func modes() async throws {
        let secured = try await SecuredServer()
        for (mode, expected, _) in Self.modes {
            // Each connection closes before the next one is looked for.
            _ = try await eventually { try await secured.isIdle() ? true : nil }
            let refusal = try await refusal(secured.access(mode, authority: secured.authority)) {
                let isEncrypted = try await secured.isEncrypted()
                #expect(isEncrypted == expected, "\(mode)")
            }
            #expect(refusal == nil, "\(mode)")
        }
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
        for (mode, _, expected) in Self.modes {
            _ = try await eventually { try await secured.isIdle() ? true : nil }
            let refusal = try await refusal(tunnelled(mode)) {
                let isEncrypted = try await secured.isEncrypted()
                #expect(isEncrypted == expected, "\(mode)")
            }
            #expect(refusal == nil, "\(mode)")
        }
        let misnamed = try await refusal(tunnelled(.verifyFull, host: "127.0.0.1"))
        #expect(misnamed == "Database connection failed: The server's certificate is not valid for '127.0.0.1'")
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

    @Test("A refused password is tried once; a server that lets in only without TLS is entered so where that may be")
    func preferred() async throws {
        let secured = try await SecuredServer(access: ["hostssl all t_plain 127.0.0.1/32 reject"])
        try await secured.server.execute("CREATE ROLE t_plain LOGIN PASSWORD 'plain'")
        var access = secured.access(.preferred)
        access.secrets.databasePassword = Secret("wrong")
        #expect(
            try await refusal(access)
                == "Database connection failed: Access denied for user '\(secured.account.username)'")
        let log = try String(contentsOfFile: secured.server.directory.path("server.log"), encoding: .utf8)
        #expect(log.components(separatedBy: "password authentication failed").count - 1 == 1)
        access.database.username = "t_plain"
        access.secrets.databasePassword = Secret("plain")
        // It gets in, and finds nothing that it may read.
        #expect(try await refusal(access) == "Schema check failed: table \"campaigns\" not found")
        access.database.tlsMode = .required
        #expect(
            try await refusal(access)
                == "Database connection failed: This host is not allowed to connect to the server")
        await secured.server.stop()
    }

    @Test(
        "Where TLS is asked for, a server without it is sent the question and nothing else",
        arguments: [TLSMode.required, .verifyFull])
    func nothingInTheClear(mode: TLSMode) async throws {
        let server = try ScriptedPostgreSQLServer(.init())
        let account = DatabaseAccount(database: "x", username: "someone", password: "secret")
        var access = PartnerAccess.postgreSQL(account, port: server.port)
        access.database.tlsMode = mode
        #expect(try await refusal(access) == "Database connection failed: The server does not offer TLS")
        #expect(server.received == ScriptedPostgreSQLServer.tlsRequest)
    }

    @Test("A server that offers TLS and does not mean it learns no name", arguments: [TLSMode.required, .verifyFull])
    func brokenHandshake(mode: TLSMode) async throws {
        let server = try ScriptedPostgreSQLServer(.init(tls: "S"))
        let account = DatabaseAccount(database: "x", username: "someone", password: "secret")
        var access = PartnerAccess.postgreSQL(account, port: server.port)
        access.database.tlsMode = mode
        #expect(try await refusal(access)?.hasPrefix("Database connection failed: ") == true)
        #expect(!String(decoding: server.received, as: UTF8.self).contains("someone"))
    }

    @Test("A large answer comes whole over TLS")
    func largeAnswer() async throws {
        let secured = try await SecuredServer()
        let session = try await PostgreSQLSession.Connection.open(
            DatabaseLogin(
                secured.access(.required), address: SocketAddress(host: "127.0.0.1", port: secured.server.port),
                isTunnelled: false), pool: BlockingPool(), deadline: Deadline(within: .seconds(20)), onGreeting: {})
        let rows = try await session.run(.reading, until: Deadline(within: .seconds(30))) {
            connection throws(DatabaseFailure) in
            try connection.rows("SELECT repeat('x', 30011) FROM generate_series(1, 500)")
        }
        #expect(rows.count == 500)
        #expect(rows.allSatisfy { $0.first??.utf8.count == 30_011 })
        session.close()
        await secured.server.stop()
    }
}

extension SecuredServer {
    fileprivate func isIdle() async throws -> Bool {
        try await server.execute("SELECT pid FROM pg_stat_activity WHERE usename = '\(account.username)'").isEmpty
    }
}
