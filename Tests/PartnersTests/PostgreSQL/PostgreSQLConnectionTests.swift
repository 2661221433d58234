import Domain
import Foundation
import TestSupport
import Testing

@testable import Partners

@Suite("PostgreSQL connections", .needsPostgreSQL)
struct PostgreSQLConnectionTests {
    private typealias Message = ScriptedPostgreSQLServer.Message

    private func access(_ server: ScriptedPostgreSQLServer, password: String = "secret") -> PartnerAccess {
        let account = DatabaseAccount(database: "x", username: "someone", password: password)
        return .postgreSQL(account, port: server.port)
    }

    private func failure(_ access: PartnerAccess) async throws -> VisitError? {
        try await TestPartner.with(.sqlite) { partner in
            var partner = partner
            partner.access = access
            return await visitError { try await partner.connect(within: .seconds(20)) }
        }
    }

    @Test("A host that the server's own list keeps out")
    func hostNotAllowed() async throws {
        let server = try await PostgreSQLServer.start(access: ["host all t_nobody 127.0.0.1/32 reject"])
        let account = DatabaseAccount(database: "postgres", username: "t_nobody", password: "x")
        let error = try await failure(.postgreSQL(account, port: server.port))
        #expect(error?.message == "Database connection failed: This host is not allowed to connect to the server")
        #expect(error?.kind == .databaseLogin)
        await server.stop()
    }

    @Test(
        "A visit takes one round trip, also through a bastion; a write comes and goes on a connection of its own",
        arguments: BackEnd.available.filter { $0.dialect == .postgreSQL })
    func roundTrips(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd, rows: .generated(seed: 1, around: .testDay)) { partner in
            var partner = partner
            let relay = try Relay(to: partner.access.database.port)
            partner.access.database.port = relay.port
            try await partner.connect()
            // The start, two turns of SCRAM and the schema; without a tunnel also the question for TLS.
            #expect(relay.traffic.turns == (backEnd.isTunnelled ? 4 : 5))
            for _ in 0..<3 {
                relay.resetTraffic()
                _ = try await partner.metrics()
                #expect(relay.traffic.turns == 1)
                #expect(relay.traffic.bytesToClient < 1_000)
            }
            _ = try await partner.gateway.apply(
                .concurrencyLimit(7), to: partner.access, now: Date(), within: .seconds(20))
            #expect(relay.traffic.connections == 1)
            #expect(partner.gateway.isWarm(partner.access.partner))
            let user = partner.access.database.username
            _ = try await eventually { [partner] in
                let open = try await partner.execute("SELECT pid FROM pg_stat_activity WHERE usename = '\(user)'")
                return open.split(separator: "\n").count == 1 ? true : nil
            }
        }
    }

    @Test("What visits keep open cannot write, and reads times in UTC whatever the server's zone")
    func readOnly() async throws {
        try await TestPartner.with(.postgreSQL) { partner in
            let address = SocketAddress(host: "127.0.0.1", port: partner.access.database.port)
            let session = try await PostgreSQLSession.Connection.open(
                DatabaseLogin(partner.access, address: address, isTunnelled: false), pool: BlockingPool(),
                deadline: Deadline(within: .seconds(20)), onGreeting: {})
            let read = try await session.run(.reading, until: Deadline(within: .seconds(20))) {
                connection throws(DatabaseFailure) in
                try connection.rows("SHOW TimeZone") + connection.rows("SHOW statement_timeout")
            }
            #expect(read == [["UTC"], ["330s"]])
            let error = await #expect(throws: SessionError.self) {
                try await session.run(.reading, until: Deadline(within: .seconds(20))) {
                    connection throws(DatabaseFailure) in
                    try connection.rows("INSERT INTO settings (name, value) VALUES ('callConcurrency', '1')")
                }
            }
            guard case .failed(let failure) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(failure.cause == .denied)
            #expect(failure.name == "25006")
            session.close()
        }
    }

    @Test("A write that is lost in the middle holds its lock no longer than it was given")
    func lostWriter() async throws {
        try await TestPartner.with(.postgreSQL) { partner in
            let address = SocketAddress(host: "127.0.0.1", port: partner.access.database.port)
            let writer = try await PostgreSQLSession.Connection.open(
                DatabaseLogin(partner.access, address: address, isTunnelled: false), for: .writing,
                pool: BlockingPool(), deadline: Deadline(within: .seconds(5)), onGreeting: {})
            _ = try await writer.run(.writing, until: Deadline(within: .seconds(20))) {
                connection throws(DatabaseFailure) in try connection.rows("START TRANSACTION")
            }
            #expect(writer.isAlive)
            _ = try await eventually("its end") { writer.isAlive ? nil : true }
            writer.close()
        }
    }

    @Test("A write that cannot be opened says why", .needsSSHServer)
    func writerRefused() async throws {
        try await TestPartner.with(.postgreSQLThroughSSH) { partner in
            let user = partner.access.database.username
            try await partner.connect()
            try await partner.execute("ALTER ROLE \(user) CONNECTION LIMIT 1")
            let error = await visitError {
                _ = try await partner.gateway.apply(
                    .concurrencyLimit(7), to: partner.access, now: Date(), within: .seconds(20))
            }
            #expect(error?.message == "Database connection failed: Too many connections")
            #expect(error?.isStaleSession == false)
        }
    }

    @Test(
        "A server that asks for the password in the clear does not get it, nor behind a request for a digest",
        arguments: [Message.clearText, Message.digest + Message.clearText, Message.of("R", Message.number(7))])
    func clearTextLogin(login: [UInt8]) async throws {
        let password = "clear-" + randomWord()
        let server = try ScriptedPostgreSQLServer(.init(login: login, welcome: Message.clearText))
        for mode in [TLSMode.disabled, .preferred] {
            var access = access(server, password: password)
            access.database.tlsMode = mode
            let error = try await failure(access)
            #expect(
                error?.message
                    == "Database connection failed: The server asks for a login method that is not supported")
            #expect(error?.kind == .databaseLogin)
        }
        #expect(!String(decoding: server.received, as: UTF8.self).contains(password))
    }

    @Test("A server that asks for the digest first and then for the password does not get that")
    func clearTextLater() async throws {
        let password = "clear-" + randomWord()
        let server = try ScriptedPostgreSQLServer(.init(login: Message.digest, welcome: Message.clearText))
        let error = try await failure(access(server, password: password))
        #expect(error?.kind == .databaseLogin)
        let received = String(decoding: server.received, as: UTF8.self)
        #expect(received.contains("md5"))
        #expect(!received.contains(password))
    }

    @Test("What a server makes of the password does not get into the error, and its warnings go nowhere")
    func echoedPassword() async throws {
        let password = "echo-\(randomWord())"
        let answer = Message.notice("printed-\(password)") + Message.error("42601", "no such thing as \(password)")
        let server = try ScriptedPostgreSQLServer(.init(answer: answer + Message.ready))
        let error = try await failure(access(server, password: password))
        #expect(error?.message == "Schema check failed: The server answered with error 42601")
        #expect(error?.detail.contains("no such thing") == true)
        #expect(error?.detail.contains(password) == false)
    }

    @Test(
        "A server that answers with a copy, or with a message of impossible size, is left",
        arguments: [
            Message.of("G", [0, 0, 0]), Message.of("H", [0, 0, 0]), [UInt8](repeating: 0xFF, count: 64),
            Array("D".utf8) + Message.number(1 << 30),
        ])
    func hostileAnswer(answer: [UInt8]) async throws {
        let server = try ScriptedPostgreSQLServer(.init(answer: answer))
        try await TestPartner.with(.sqlite) { partner in
            var partner = partner
            partner.access = access(server)
            let start = ContinuousClock.now
            #expect(await visitError { try await partner.connect(within: .seconds(2)) } != nil)
            #expect(start.duration(to: .now) < .promptly)
            #expect(!partner.gateway.isWarm(partner.access.partner))
        }
    }

    @Test(
        "First words of a server",
        arguments: [
            ("", false, false), ("R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}", false, false),
            ("R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{3}", false, true),
            ("R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{7}", false, true), ("R\u{0}\u{0}\u{0}", false, true),
            ("R", false, true),
            ("R\u{0}\u{0}\u{0}\u{C}\u{0}\u{0}\u{0}\u{5}abcd", false, false),
            ("R\u{0}\u{0}\u{0}\u{C}\u{0}\u{0}\u{0}\u{5}abcdR", false, true),
            ("R\u{0}\u{0}\u{0}\u{C}\u{0}\u{0}\u{0}\u{C}abcdR\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}", false, false),
            ("R\u{0}\u{0}\u{0}\u{C}\u{0}\u{0}\u{0}\u{C}abcdR\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{3}", false, true),
            ("E\u{0}\u{0}\u{0}\u{40}", false, false), ("HTTP/1.1", true, false), ("RFB 003.008\n", true, true),
        ])
    func openings(text: String, isForeign: Bool, asksForMore: Bool) {
        let opening = ServerOpening(Array(text.utf8), isNegotiatingTLS: false)
        #expect(opening.isForeign == isForeign)
        #expect(opening.asksForMoreThanAProof == asksForMore)
    }
}
