import Domain
import Foundation
import Testing

@testable import Partners
@testable import TestSupport

/// A server whose certificate is good for `localhost` only, behind a wire that somebody listens on.
private struct SecuredServer: Sendable {
    let authority: String
    let stop: @Sendable () async -> Void
    private let plain: PartnerAccess
    private let wire: Relay

    init(_ backEnd: BackEnd) async throws {
        let certificates = try await Certificates(name: "localhost")
        authority = certificates.authority
        if backEnd.dialect == .postgreSQL {
            let server = try await PostgreSQLServer.start(certificates: certificates)
            wire = try Relay(to: server.port, isRecording: true)
            plain = .postgreSQL(try await server.makePartner(rows: PartnerRows()), port: wire.port)
            stop = { await server.stop() }
        } else {
            let server = try await MariaDBServer.start(certificates.serverArguments)
            wire = try Relay(to: server.port, isRecording: true)
            plain = .mysql(try await server.makePartner(rows: PartnerRows()), port: wire.port)
            stop = { await server.stop() }
        }
    }

    func access(_ mode: TLSMode, host: String = "localhost", authority: String? = nil) -> PartnerAccess {
        var access = plain
        access.database.host = host
        access.database.tlsMode = mode
        access.database.tlsCA = authority
        return access
    }

    /// Whether who listens on the wire learns what a visit asks.
    func isUnderstood(visit access: PartnerAccess) async throws -> Bool {
        wire.resetTraffic()
        #expect(try await refusal(access) == nil)
        #expect(!wire.words.isEmpty)
        return String(decoding: wire.words, as: UTF8.self).contains("campaigns")
    }
}

@Suite("TLS to a database, over every kind of server")
struct EncryptionTests {
    private static let modes: [(TLSMode, direct: Bool, tunnelled: Bool)] = [
        (.disabled, false, false), (.preferred, true, false), (.required, true, true), (.verifyFull, true, true),
    ]
    private static let untrusted = "Database connection failed: The server's certificate is not trusted"
    private static let misnamed =
        "Database connection failed: The server's certificate is not valid for '127.0.0.1'"

    @Test("Each mode encrypts as it says", arguments: BackEnd.servers)
    func modes(backEnd: BackEnd) async throws {
        let secured = try await SecuredServer(backEnd)
        for (mode, isEncrypted, _) in Self.modes {
            let access = secured.access(mode, authority: secured.authority)
            #expect(try await secured.isUnderstood(visit: access) != isEncrypted, "\(mode)")
        }
        await secured.stop()
    }

    @Test(
        "A certificate must be signed by the given authority, or else by the system's, for the database's own name",
        arguments: BackEnd.servers)
    func certificates(backEnd: BackEnd) async throws {
        let secured = try await SecuredServer(backEnd)
        let other = try await Certificates(name: "localhost").authority
        #expect(try await refusal(secured.access(.verifyFull, authority: other)) == Self.untrusted)
        #expect(try await refusal(secured.access(.verifyFull)) == Self.untrusted)
        let misnamed = secured.access(.verifyFull, host: "127.0.0.1", authority: secured.authority)
        #expect(try await refusal(misnamed) == Self.misnamed)
        await secured.stop()
    }

    @Test(
        "Through a tunnel a certificate is judged by the database's own name", .needsSSHServer,
        arguments: BackEnd.servers)
    func throughTunnel(backEnd: BackEnd) async throws {
        let secured = try await SecuredServer(backEnd)
        let bastion = try await SSHServer.shared()
        func tunnelled(_ mode: TLSMode, host: String = "localhost") -> PartnerAccess {
            var access = secured.access(mode, host: host, authority: secured.authority)
            access.tunnel(through: bastion)
            return access
        }
        for (mode, _, isEncrypted) in Self.modes {
            #expect(try await secured.isUnderstood(visit: tunnelled(mode)) != isEncrypted, "\(mode)")
        }
        #expect(try await refusal(tunnelled(.verifyFull, host: "127.0.0.1")) == Self.misnamed)
        await secured.stop()
    }

    @Test(
        "A server that offers TLS and does not mean it learns no name", arguments: BackEnd.servers,
        [TLSMode.required, .verifyFull])
    func brokenHandshake(backEnd: BackEnd, mode: TLSMode) async throws {
        let server = try backEnd.makeImpostor()
        let account = DatabaseAccount(database: "x", username: "someone", password: "secret")
        var access =
            backEnd.dialect == .postgreSQL
            ? PartnerAccess.postgreSQL(account, port: server.port) : .mysql(account, port: server.port)
        access.database.tlsMode = mode
        #expect(try await refusal(access)?.hasPrefix("Database connection failed: ") == true)
        #expect(!String(decoding: server.received, as: UTF8.self).contains("someone"))
    }
}

extension BackEnd {
    /// Offers TLS, and knows nothing of it.
    fileprivate func makeImpostor() throws -> any ScriptedServer {
        if dialect == .postgreSQL { return try ScriptedPostgreSQLServer(.init(tls: "S")) }
        return try ScriptedMySQLServer(.init(offersTLS: true))
    }
}
