import Domain
import Foundation
import TestSupport
import Testing

@testable import Partners

@Suite("TLS to PostgreSQL", .needsPostgreSQL)
struct PostgreSQLEncryptionTests {
    /// A server that offers TLS, and an account there.
    private func secured(access: [String] = []) async throws -> (PostgreSQLServer, PartnerAccess) {
        let server = try await PostgreSQLServer.start(certificates: Certificates(name: "localhost"), access: access)
        let account = try await server.makePartner(rows: PartnerRows())
        return (server, .postgreSQL(account, port: server.port))
    }

    @Test("A refused password is tried once; a server that lets in only without TLS is entered so where that may be")
    func preferred() async throws {
        let (server, plain) = try await secured(access: ["hostssl all t_plain 127.0.0.1/32 reject"])
        try await server.execute("CREATE ROLE t_plain LOGIN PASSWORD 'plain'")
        var access = plain
        access.database.tlsMode = .preferred
        access.secrets.databasePassword = Secret("wrong")
        #expect(
            try await refusal(access)
                == "Database connection failed: Access denied for user '\(access.database.username)'")
        let log = try String(contentsOfFile: server.directory.path("server.log"), encoding: .utf8)
        #expect(log.components(separatedBy: "password authentication failed").count - 1 == 1)
        access.database.username = "t_plain"
        access.secrets.databasePassword = Secret("plain")
        // It gets in, and finds nothing that it may read.
        #expect(try await refusal(access) == "Schema check failed: table \"campaigns\" not found")
        access.database.tlsMode = .required
        #expect(
            try await refusal(access)
                == "Database connection failed: This host is not allowed to connect to the server")
        await server.stop()
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

    @Test("A large answer comes whole over TLS")
    func largeAnswer() async throws {
        let (server, plain) = try await secured()
        var access = plain
        access.database.tlsMode = .required
        let address = SocketAddress(host: "127.0.0.1", port: server.port)
        let session = try await PostgreSQLSession.Connection.open(
            DatabaseLogin(access, address: address, isTunnelled: false), pool: BlockingPool(),
            deadline: Deadline(within: .seconds(20)), onGreeting: {})
        let rows = try await session.run(.reading, until: Deadline(within: .seconds(30))) {
            connection throws(DatabaseFailure) in
            try connection.rows("SELECT repeat('x', 30011) FROM generate_series(1, 500)")
        }
        #expect(rows.count == 500)
        #expect(rows.allSatisfy { $0.first??.utf8.count == 30_011 })
        session.close()
        await server.stop()
    }
}
