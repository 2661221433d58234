import Domain
import Foundation
import Logging
import TestSupport
import Testing

@testable import Partners

@Suite("MySQL connections", .needsMariaDB)
struct MySQLConnectionTests {
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

    @Test("A session is ended for the statement on it, not for its number, which another server gives to another")
    func ending() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            let (pool, deadline) = (BlockingPool(), Deadline(within: .seconds(60)))
            let address = SocketAddress(host: "127.0.0.1", port: partner.access.database.port)
            let login = DatabaseLogin(partner.access, address: address, isTunnelled: false)
            let (one, other) = (
                try await MySQLSession.open(login, pool: pool, deadline: deadline, onGreeting: {}),
                try await MySQLSession.open(login, pool: pool, deadline: deadline, onGreeting: {})
            )
            try await other.run(.reading, until: deadline, #require(one.ending))
            let idle = try await one.run(.reading, until: deadline) {
                connection throws(DatabaseFailure) in try connection.rows("SELECT 1")
            }
            #expect(idle == [["1"]])
            one.close()
            other.close()
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
