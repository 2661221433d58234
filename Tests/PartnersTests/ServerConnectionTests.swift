import Domain
import Foundation
import Logging
import TestSupport
import Testing

@testable import Partners

@Suite("Connections to database servers, over every kind")
struct ServerConnectionTests {
    private func failure(
        _ backEnd: BackEnd, _ change: (inout PartnerAccess) -> Void
    ) async throws -> String? {
        try await TestPartner.with(backEnd) { partner in
            var partner = partner
            change(&partner.access)
            return await visitError { try await partner.connect() }?.message
        }
    }

    @Test("A refused login names the user, at the login's stage", arguments: BackEnd.servers)
    func wrongPassword(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
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

    @Test("An unknown database, and one that the user may not enter", arguments: BackEnd.servers)
    func database(backEnd: BackEnd) async throws {
        let closed = try await backEnd.makeClosedDatabase()
        try await TestPartner.with(backEnd) { partner in
            var partner = partner
            let user = partner.access.database.username
            partner.access.database.name = closed
            let denied = await visitError { try await partner.connect() }
            #expect(
                denied?.message
                    == "Database connection failed: Access denied for user '\(user)' to database '\(closed)'")
            #expect(denied?.kind == .databaseLogin)
            // MariaDB tells only those who may see every database that one is not there.
            if backEnd.dialect == .mysql { try await partner.execute("GRANT SELECT ON *.* TO '\(user)'@'%'") }
            partner.access.database.name = "no_such"
            let unknown = await visitError { try await partner.connect() }
            #expect(unknown?.message == "Database connection failed: Unknown database 'no_such'")
        }
    }

    @Test("Nobody listens", arguments: BackEnd.servers)
    func refused(backEnd: BackEnd) async throws {
        let port = try RefusedPort()
        let message = try await failure(backEnd) { $0.database.port = port.port }
        #expect(message == "Database connection failed: Connection refused")
    }

    @Test("No such host", arguments: BackEnd.servers)
    func unknownHost(backEnd: BackEnd) async throws {
        let message = try await failure(backEnd) { $0.database.host = "no-such-host.invalid" }
        #expect(message == "Database connection failed: Host name not found: no-such-host.invalid")
    }

    @Test("A host with several addresses is reached at the one that answers", arguments: BackEnd.servers)
    func localhost(backEnd: BackEnd) async throws {
        #expect(
            try await TestPartner.with(backEnd) { partner in
                var partner = partner
                partner.access.database.host = "localhost"
                try await partner.connect()
                return try await partner.metrics().metrics.activeCalls
            } == 0)
    }

    @Test("A silent server costs the limit and no more", arguments: BackEnd.servers)
    func silent(backEnd: BackEnd) async throws {
        let hole = try BlackHole()
        try await TestPartner.with(backEnd) { partner in
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

    @Test("Cancelling ends a wait at once, and the socket is closed", arguments: BackEnd.servers)
    func cancelled(backEnd: BackEnd) async throws {
        let hole = try BlackHole()
        try await TestPartner.with(backEnd) { partner in
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
        "Whoever speaks another protocol is told apart", arguments: BackEnd.servers,
        [
            "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail ESMTP\r\n",
            "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}", "RFB 003.008\n",
        ])
    func foreign(backEnd: BackEnd, greeting: String) async throws {
        let server = try ForeignServer(says: greeting)
        for mode in TLSMode.allCases {
            let message = try await failure(backEnd) {
                $0.database.port = server.port
                $0.database.tlsMode = mode
            }
            let kind = backEnd == .postgreSQL ? "PostgreSQL" : "MySQL or MariaDB"
            #expect(message == "Database connection failed: Not a \(kind) server", "\(mode)")
        }
    }

    @Test(
        "A server that hangs up instead of greeting, or in the middle of it", arguments: BackEnd.servers, [false, true])
    func hangsUp(backEnd: BackEnd, inTheMiddle: Bool) async throws {
        let beginning = backEnd == .postgreSQL ? "R\u{0}\u{0}" : "J\u{0}\u{0}"
        let server = try CutServer(says: inTheMiddle ? beginning : "")
        let message = try await failure(backEnd) {
            $0.database.port = server.port
            $0.database.tlsMode = .disabled
        }
        #expect(message == "Database connection failed: The server closed the connection")
    }

    @Test("Too many connections", arguments: BackEnd.servers)
    func tooManyConnections(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            let user = partner.access.database.username
            try await partner.execute(
                backEnd == .postgreSQL
                    ? "ALTER ROLE \(user) CONNECTION LIMIT 1" : "ALTER USER '\(user)'@'%' WITH MAX_USER_CONNECTIONS 1")
            try await partner.connect()
            var second = partner
            second.access.partner = .test(partner.access.partner.configuration)
            #expect(
                await visitError { try await second.connect() }?.message
                    == "Database connection failed: Too many connections")
        }
    }

    @Test("A server restarted between two visits costs one new connection", arguments: BackEnd.servers, [false, true])
    func restart(backEnd: BackEnd, abruptly: Bool) async throws {
        let server = try await OwnServer.start(backEnd)
        let access = try await server.makePartner()
        try await TestPartner.with(backEnd) { partner in
            var partner = partner
            partner.access = access
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

    @Test(
        "A connection cut in the middle of an answer fails the visit and is not taken for a stale one",
        arguments: BackEnd.servers)
    func cutMidAnswer(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            var partner = partner
            let relay = try Relay(to: partner.access.database.port)
            partner.access.database.port = relay.port
            try await partner.connect()
            _ = try await partner.metrics()
            // The beginning tells the columns; what follows never comes whole.
            relay.cut(afterBytesToClient: 100)
            let error = await visitError { _ = try await partner.metrics() }
            #expect(error?.kind == .database)
            #expect(error?.message.hasPrefix("Query failed: The connection was lost") == true)
            if backEnd == .postgreSQL { #expect(error?.isStaleSession == false) }
            #expect(!partner.gateway.isWarm(partner.access.partner))
            relay.heal()
            try await partner.connect()
            _ = try await partner.metrics()
        }
    }

    @Test("A line that falls silent ends the call at its limit, and the session with it", arguments: BackEnd.servers)
    func halfOpen(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
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

    @Test("A query over its limit is ended, at the server too", arguments: BackEnd.servers)
    func slowQuery(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd, rows: .generated(seed: 1, around: .testDay)) { partner in
            try await partner.execute(
                backEnd == .postgreSQL
                    ? "ALTER TABLE calls RENAME TO slow;"
                        + "CREATE VIEW calls AS SELECT * FROM slow WHERE pg_sleep(0.2) IS NOT NULL"
                    : "RENAME TABLE calls TO slow; CREATE VIEW calls AS SELECT * FROM slow WHERE SLEEP(0.2) = 0")
            try await partner.connect()
            let start = ContinuousClock.now
            let error = await visitError { _ = try await partner.metrics(within: .seconds(1)) }
            #expect(error?.message == "Query failed: Timed out after 1 s")
            #expect(error?.kind == .timeout)
            #expect(start.duration(to: .now) < .promptly)
            _ = try await eventually { try await partner.running(backEnd).isEmpty ? true : nil }
        }
    }

    @Test("Dropping a partner closes its connection at the server", arguments: BackEnd.servers)
    func dropping(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            try await partner.connect()
            let open = try await partner.open(backEnd)
            #expect(!open.isEmpty)
            await partner.gateway.drop(partner.access.partner.id)
            _ = try await eventually { try await partner.open(backEnd).isEmpty ? true : nil }
        }
    }

    @Test("A server that does not greet is given up in time for the next address", arguments: BackEnd.servers)
    func greetingShare(backEnd: BackEnd) async throws {
        let hole = try BlackHole()
        try await TestPartner.with(backEnd) { partner in
            let start = ContinuousClock.now
            let error = await visitError {
                _ = try await partner.session(
                    backEnd, port: hole.port, greetingBy: Deadline(within: .milliseconds(300)))
            }
            #expect(error?.stage == .dbConnect)
            #expect(error?.message.contains("Timed out") == false)
            #expect(start.duration(to: .now) < .seconds(30))
        }
    }

    @Test("Closing a session ends the call in progress", arguments: BackEnd.servers)
    func closedInUse(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            let session = try await partner.session(backEnd)
            let start = ContinuousClock.now
            let sleep = backEnd == .postgreSQL ? "SELECT pg_sleep(60)" : "SELECT SLEEP(60)"
            let call = Task {
                try await session.run(.reading, until: Deadline(within: .seconds(60))) {
                    connection throws(DatabaseFailure) in try connection.rows(sleep)
                }
            }
            _ = try await eventually { try await partner.running(backEnd).isEmpty ? nil : true }
            session.close()
            await #expect(throws: SessionError.self) { try await call.value }
            #expect(start.duration(to: .now) < .seconds(40))
            #expect(!session.isAlive)
        }
    }

    @Test("An answer that grows without end is cut off", arguments: BackEnd.servers)
    func endlessAnswer(backEnd: BackEnd) async throws {
        let statements =
            backEnd == .postgreSQL
            ? [
                "SELECT repeat('x', 1000000) FROM generate_series(1, 1000000)", "SELECT repeat('x', 500000000)",
                "SELECT NULL FROM generate_series(1, 10000000)",
            ] : ["SELECT REPEAT('x', 1000000) FROM seq_1_to_1000000"]
        try await TestPartner.with(backEnd) { partner in
            for statement in statements {
                let session = try await partner.session(backEnd)
                let error = await #expect(throws: SessionError.self) {
                    try await session.run(.reading, until: Deadline(within: .seconds(40))) {
                        connection throws(DatabaseFailure) in try connection.rows(statement)
                    }
                }
                guard case .failed(let failure) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(failure.cause == .tooLarge)
                #expect(!session.isAlive)
            }
        }
    }
}

extension BackEnd {
    /// A database that only its own user may enter.
    fileprivate func makeClosedDatabase() async throws -> String {
        guard dialect == .postgreSQL else { return try await MariaDBServer.shared().makeDatabase().database }
        let server = try await PostgreSQLServer.shared()
        let name = try await server.makeDatabase().database
        try await server.execute("REVOKE CONNECT ON DATABASE \(name) FROM PUBLIC")
        return name
    }
}

extension TestPartner {
    /// A session of its own, beside the gateway.
    fileprivate func session(
        _ backEnd: BackEnd, port: Int? = nil, greetingBy: Deadline? = nil
    ) async throws -> any PartnerSession {
        let address = SocketAddress(host: "127.0.0.1", port: port ?? access.database.port)
        let login = DatabaseLogin(access, address: address, isTunnelled: false)
        let (pool, deadline) = (BlockingPool(), Deadline(within: .seconds(60)))
        guard backEnd == .postgreSQL else {
            return try await MySQLSession.open(
                login, pool: pool, deadline: deadline, greetingBy: greetingBy, onGreeting: {})
        }
        return try await PostgreSQLSession.Connection.open(
            login, pool: pool, deadline: deadline, greetingBy: greetingBy, onGreeting: {})
    }

    /// The connections that the partner's user has at the server, one a line.
    fileprivate func open(_ backEnd: BackEnd) async throws -> String {
        let user = access.database.username
        return try await execute(
            backEnd == .postgreSQL
                ? "SELECT pid FROM pg_stat_activity WHERE usename = '\(user)'"
                : "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '\(user)'")
    }

    /// Those of them on which a statement is running.
    fileprivate func running(_ backEnd: BackEnd) async throws -> String {
        let user = access.database.username
        return try await execute(
            backEnd == .postgreSQL
                ? "SELECT pid FROM pg_stat_activity WHERE usename = '\(user)' AND state = 'active'"
                : "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '\(user)' AND COMMAND = 'Query'")
    }
}

/// A server that a test may end.
private enum OwnServer: Sendable {
    case mariaDB(MariaDBServer)
    case postgreSQL(PostgreSQLServer)

    static func start(_ backEnd: BackEnd) async throws -> OwnServer {
        backEnd == .postgreSQL
            ? .postgreSQL(try await PostgreSQLServer.start()) : .mariaDB(try await MariaDBServer.start())
    }

    /// With empty tables.
    func makePartner() async throws -> PartnerAccess {
        switch self {
        case .mariaDB(let server): .mysql(try await server.makePartner(rows: PartnerRows()), port: server.port)
        case .postgreSQL(let server):
            .postgreSQL(try await server.makePartner(rows: PartnerRows()), port: server.port)
        }
    }

    func restart(abruptly: Bool) async throws {
        switch self {
        case .mariaDB(let server): try await server.restart(abruptly: abruptly)
        case .postgreSQL(let server): try await server.restart(abruptly: abruptly)
        }
    }

    func stop() async {
        switch self {
        case .mariaDB(let server): await server.stop()
        case .postgreSQL(let server): await server.stop()
        }
    }
}
