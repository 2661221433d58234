import Domain
import Foundation
import Logging
import TestSupport
import Testing

@testable import Partners

@Suite("MySQL connections", .needsMariaDB)
struct MySQLConnectionTests {
    private func failure(_ backEnd: BackEnd = .mariaDB, _ change: (inout PartnerAccess) -> Void) async throws -> String?
    {
        try await TestPartner.with(backEnd) { partner in
            var partner = partner
            change(&partner.access)
            return await visitError { try await partner.connect() }?.message
        }
    }

    @Test("A refused login names the user, at the login's stage")
    func wrongPassword() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            partner.access.secrets.databasePassword = Secret("wrong-" + randomWord())
            let error = await visitError { try await partner.connect() }
            let user = partner.access.database.username
            #expect(error?.message == "Database connection failed: Access denied for user '\(user)'")
            #expect(error?.kind == .databaseLogin)
            #expect(error?.stage == .dbAuth)
            #expect(error?.isStaleSession == false)
        }
    }

    @Test("An unknown database, and one that the user may not see")
    func database() async throws {
        let other = try await MariaDBServer.shared().makeDatabase()
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            let user = partner.access.database.username
            partner.access.database.name = other.database
            #expect(
                await visitError { try await partner.connect() }?.message
                    == "Database connection failed: Access denied for user '\(user)' to database '\(other.database)'")
            try await partner.execute("GRANT SELECT ON *.* TO '\(user)'@'%'")
            partner.access.database.name = "no_such"
            #expect(
                await visitError { try await partner.connect() }?.message
                    == "Database connection failed: Unknown database 'no_such'")
        }
    }

    @Test("Nobody listens")
    func refused() async throws {
        let port = try RefusedPort()
        let message = try await failure { $0.database.port = port.port }
        #expect(message == "Database connection failed: Connection refused")
    }

    @Test("No such host")
    func unknownHost() async throws {
        let message = try await failure { $0.database.host = "no-such-host.invalid" }
        #expect(message == "Database connection failed: Host name not found: no-such-host.invalid")
    }

    @Test("A host with several addresses is reached at the one that answers")
    func localhost() async throws {
        #expect(
            try await TestPartner.with(.mariaDB) { partner in
                var partner = partner
                partner.access.database.host = "localhost"
                try await partner.connect()
                return try await partner.metrics().metrics.activeCalls
            } == 0)
    }

    @Test("A silent server costs the limit and no more")
    func silent() async throws {
        let hole = try BlackHole()
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            partner.access.database.port = hole.port
            let start = ContinuousClock.now
            let error = await visitError { try await partner.connect(within: .seconds(1)) }
            #expect(error?.message == "Database connection failed: Timed out after 1 s")
            #expect(error?.kind == .timeout)
            #expect(error?.stage == .dbConnect)
            #expect(start.duration(to: .now) < .promptly)
            _ = try await eventually { hole.connectionCount == 0 ? true : nil }
        }
    }

    @Test("Cancelling ends a wait at once, and the socket is closed")
    func cancelled() async throws {
        let hole = try BlackHole()
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            partner.access.database.port = hole.port
            let task = Task { [partner] in try await partner.connect(within: .seconds(60)) }
            _ = try await eventually { hole.connectionCount == 1 ? true : nil }
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: VisitError.self) { try await task.value }
            #expect(start.duration(to: .now) < .promptly)
            _ = try await eventually { hole.connectionCount == 0 ? true : nil }
        }
    }

    @Test(
        "Whoever speaks another protocol is told apart",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail ESMTP\r\n",
            "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
        ])
    func foreign(greeting: String) async throws {
        let server = try ForeignServer(says: greeting)
        let message = try await failure { $0.database.port = server.port }
        #expect(message == "Database connection failed: Not a MySQL or MariaDB server")
    }

    @Test("A server that hangs up instead of greeting, or in the middle of it", arguments: ["", "J\u{0}\u{0}"])
    func hangsUp(greeting: String) async throws {
        let server = try CutServer(says: greeting)
        let message = try await failure { $0.database.port = server.port }
        #expect(message == "Database connection failed: The server closed the connection")
    }

    @Test("Too many connections")
    func tooManyConnections() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            try await partner.execute(
                "ALTER USER '\(partner.access.database.username)'@'%' WITH MAX_USER_CONNECTIONS 1")
            try await partner.connect()
            var second = partner
            second.access.partner = .test(partner.access.partner.configuration)
            #expect(
                await visitError { try await second.connect() }?.message
                    == "Database connection failed: Too many connections")
        }
    }

    @Test("A server restarted between two visits costs one new connection", arguments: [false, true])
    func restart(abruptly: Bool) async throws {
        let server = try await MariaDBServer.start()
        let account = try await server.makePartner(rows: PartnerRows())
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            partner.access = .mysql(account, port: server.port)
            try await partner.connect()
            _ = try await partner.metrics()
            try await server.restart(abruptly: abruptly)
            _ = try await eventually { [partner] in
                partner.gateway.isWarm(partner.access.partner) ? nil : true
            }
            let start = ContinuousClock.now
            let error = await visitError { _ = try await partner.metrics() }
            #expect(error?.isStaleSession == true)
            #expect(start.duration(to: .now) < .promptly)
            try await partner.connect()
            #expect(try await partner.metrics().metrics.activeCalls == 0)
        }
        await server.stop()
    }

    @Test("A connection cut in the middle of an answer fails the visit and is not taken for a stale one")
    func cutMidAnswer() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            let relay = try Relay(to: partner.access.database.port)
            partner.access.database.port = relay.port
            try await partner.connect()
            _ = try await partner.metrics()
            // The first packet tells the number of columns; what follows never comes whole.
            relay.cut(afterBytesToClient: 100)
            let error = await visitError { _ = try await partner.metrics() }
            #expect(error?.kind == .database)
            #expect(error?.message.hasPrefix("Query failed: The connection was lost") == true)
            #expect(!partner.gateway.isWarm(partner.access.partner))
            relay.heal()
            try await partner.connect()
            _ = try await partner.metrics()
        }
    }

    @Test("A line that falls silent ends the call at its limit, and the session with it")
    func halfOpen() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            let relay = try Relay(to: partner.access.database.port)
            partner.access.database.port = relay.port
            try await partner.connect()
            _ = try await partner.metrics()
            relay.freeze()
            let start = ContinuousClock.now
            let error = await visitError { _ = try await partner.metrics(within: .seconds(1)) }
            #expect(error?.message == "Query failed: Timed out after 1 s")
            #expect(error?.kind == .timeout)
            #expect(start.duration(to: .now) < .promptly)
            #expect(!partner.gateway.isWarm(partner.access.partner))
            relay.heal()
        }
    }

    @Test("A query over its limit is ended, at the server too")
    func slowQuery() async throws {
        try await TestPartner.with(.mariaDB, rows: .generated(seed: 1, around: .testDay)) { partner in
            try await partner.execute(
                "RENAME TABLE calls TO slow; CREATE VIEW calls AS SELECT * FROM slow WHERE SLEEP(0.2) = 0")
            try await partner.connect()
            let start = ContinuousClock.now
            let error = await visitError { _ = try await partner.metrics(within: .seconds(1)) }
            #expect(error?.message == "Query failed: Timed out after 1 s")
            #expect(error?.kind == .timeout)
            #expect(start.duration(to: .now) < .promptly)
            let user = partner.access.database.username
            _ = try await eventually {
                let list = try await partner.execute(
                    "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '\(user)' AND COMMAND = 'Query'")
                return list.isEmpty ? true : nil
            }
        }
    }

    @Test(
        "A login and a look at the schema take two round trips, a visit one, and dropping closes the connection",
        arguments: BackEnd.available.filter { $0.dialect == .mysql })
    func roundTrips(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd, rows: .generated(seed: 1, around: .testDay)) { partner in
            var partner = partner
            let relay = try Relay(to: partner.access.database.port)
            partner.access.database.port = relay.port
            try await partner.connect()
            #expect(relay.traffic.turns == 2)
            _ = try await partner.metrics()
            #expect(relay.traffic.turns == 3)
            relay.resetTraffic()
            _ = try await partner.metrics()
            #expect(relay.traffic.turns == 1)
            #expect(relay.traffic.bytesToClient < 1_000)
            await partner.gateway.drop(partner.access.partner.id)
            let user = partner.access.database.username
            _ = try await eventually { [partner] in
                let open = try await partner.execute(
                    "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '\(user)'")
                return open.isEmpty ? true : nil
            }
        }
    }

    @Test("A server that asks for a file of ours gets nothing")
    func localInfile() async throws {
        let secret = "planted-\(randomWord())"
        try await TestPartner.with(.mariaDB) { partner in
            try partner.directory.write(secret, to: "secret.txt")
            let server = try ScriptedMySQLServer(
                answer: [0xFB] + Array(partner.directory.path("secret.txt").utf8))
            var partner = partner
            partner.access.database.port = server.port
            let error = await visitError { try await partner.connect(within: .seconds(20)) }
            #expect(error != nil)
            #expect(!String(decoding: server.received, as: UTF8.self).contains(secret))
            #expect(String(decoding: server.received, as: UTF8.self).contains("information_schema"))
        }
    }

    @Test("A server that asks for the password in the clear does not get it")
    func clearTextLogin() async throws {
        for plugin in ["mysql_clear_password", "dialog"] {
            var greeting = ScriptedMySQLServer.Greeting()
            greeting.plugin = plugin
            let server = try ScriptedMySQLServer(greeting, answer: [0xFE] + Array(plugin.utf8) + [0])
            try await TestPartner.with(.mariaDB) { partner in
                var partner = partner
                partner.access.database.port = server.port
                _ = await visitError { try await partner.connect(within: .seconds(20)) }
                let password = try #require(partner.access.secrets.databasePassword).clearText
                #expect(!String(decoding: server.received, as: UTF8.self).contains(password))
            }
        }
    }

    @Test("What a server makes of the password does not get into the error")
    func echoedPassword() async throws {
        let password = "echo-\(randomWord())"
        let reply = Array("#42000no such thing as \(password)".utf8)
        let server = try ScriptedMySQLServer(answer: [0xFF, 0x28, 0x04] + reply)
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            partner.access.database.port = server.port
            partner.access.secrets.databasePassword = Secret(password)
            let error = await visitError { try await partner.connect(within: .seconds(20)) }
            #expect(error?.detail.contains("no such thing") == true)
            #expect(error?.detail.contains(password) == false)
            #expect(error?.message.contains("thing") == false)
        }
    }

    private func session(
        _ partner: TestPartner, port: Int? = nil, greetingBy: Deadline? = nil
    ) async throws -> MySQLSession {
        let address = SocketAddress(host: "127.0.0.1", port: port ?? partner.access.database.port)
        return try await MySQLSession.open(
            DatabaseLogin(partner.access, address: address, isTunnelled: false), pool: BlockingPool(),
            deadline: Deadline(within: .seconds(60)), greetingBy: greetingBy, onGreeting: {})
    }

    @Test("A server that does not greet is given up in time for the next address")
    func greetingShare() async throws {
        let hole = try BlackHole()
        try await TestPartner.with(.mariaDB) { partner in
            let start = ContinuousClock.now
            let error = await visitError {
                _ = try await session(partner, port: hole.port, greetingBy: Deadline(within: .milliseconds(300)))
            }
            #expect(error?.stage == .dbConnect)
            #expect(error?.message.contains("Timed out") == false)
            #expect(start.duration(to: .now) < .seconds(30))
        }
    }

    @Test("Closing a session ends the call in progress")
    func closedInUse() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            let session = try await session(partner)
            let start = ContinuousClock.now
            let call = Task {
                try await session.run(.reading, until: Deadline(within: .seconds(60))) {
                    connection throws(DatabaseFailure) in try connection.rows("SELECT SLEEP(60)")
                }
            }
            let user = partner.access.database.username
            _ = try await eventually {
                let list = try await partner.execute(
                    "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '\(user)' AND INFO LIKE 'SELECT SLEEP%'"
                )
                return list.isEmpty ? nil : true
            }
            session.close()
            await #expect(throws: SessionError.self) { try await call.value }
            #expect(start.duration(to: .now) < .seconds(40))
            #expect(!session.isAlive)
        }
    }

    @Test("An answer that grows without end is cut off")
    func endlessAnswer() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            let pool = BlockingPool()
            let address = SocketAddress(host: "127.0.0.1", port: partner.access.database.port)
            let session = try await MySQLSession.open(
                DatabaseLogin(partner.access, address: address, isTunnelled: false), pool: pool,
                deadline: Deadline(within: .seconds(20)), onGreeting: {})
            let error = await #expect(throws: SessionError.self) {
                try await session.run(.reading, until: Deadline(within: .seconds(20))) {
                    connection throws(DatabaseFailure) in
                    try connection.rows("SELECT REPEAT('x', 1000000) FROM seq_1_to_1000000")
                }
            }
            guard case .failed(let failure) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(failure.cause == .tooLarge)
            #expect(!session.isAlive)
        }
    }

    @Test("A user of MariaDB's own login method, ed25519, gets in")
    func ed25519() async throws {
        let server = try await MariaDBServer.start()
        let account = try await server.makePartner(rows: PartnerRows())
        try await server.execute(
            "INSTALL SONAME 'auth_ed25519';"
                + "ALTER USER '\(account.username)'@'%' IDENTIFIED VIA ed25519 USING PASSWORD('\(account.password)')")
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            partner.access = .mysql(account, port: server.port)
            try await partner.connect()
            _ = try await partner.metrics()
        }
        await server.stop()
    }
}
