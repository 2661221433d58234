import Domain
import Foundation
import Logging
import TestSupport
import Testing

@testable import Partners

@Suite("Partners behind a bastion", .needsMariaDB, .needsSSHServer)
struct TunnelledPartnerTests {
    @Test("The bastion's key comes back, whatever the database then says")
    func hostKey() async throws {
        let bastion = try await SSHServer.shared()
        try await TestPartner.with(.mariaDBThroughSSH) { partner in
            let pin = try await partner.gateway.connect(partner.access, within: .seconds(20))
            let seen = try #require(pin)
            #expect(try await bastion.fingerprint(.ed25519) == seen.fingerprint || seen.keyType != "ssh-ed25519")
            var wrong = partner
            wrong.access.partner = .test(partner.access.partner.configuration)
            wrong.access.secrets.databasePassword = Secret("wrong")
            let error = await visitError { try await wrong.connect() }
            #expect(error?.hostKey == seen)
            #expect(error?.kind == .databaseLogin)
            let report = await wrong.check()
            #expect(report.hostKey == seen)
        }
    }

    @Test("A database port that refuses behind the bastion is the database's failure")
    func refusedBehind() async throws {
        let port = try RefusedPort()
        try await TestPartner.with(.mariaDBThroughSSH) { partner in
            var partner = partner
            partner.access.database.port = port.port
            let error = await visitError { try await partner.connect() }
            #expect(error?.message.hasPrefix("Database connection failed: ") == true)
            #expect(error?.kind == .database)
            #expect(error?.hostKey != nil)
        }
    }

    @Test("A silent database behind the bastion costs the limit and no more")
    func silentBehind() async throws {
        let hole = try BlackHole()
        try await TestPartner.with(.mariaDBThroughSSH) { partner in
            var partner = partner
            partner.access.database.port = hole.port
            let start = ContinuousClock.now
            let error = await visitError { try await partner.connect(within: .seconds(3)) }
            #expect(error?.message == "Database connection failed: Timed out after 3 s")
            #expect(start.duration(to: .now) < .promptly)
            _ = try await eventually { hole.connectionCount == 0 ? true : nil }
        }
    }

    @Test("A bastion that hangs up between two visits leaves nothing warm, and the next visit succeeds")
    func bastionRestart() async throws {
        let bastion = try await SSHServer.start()
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            partner.access.tunnel(through: bastion)
            try await partner.connect()
            _ = try await partner.metrics()
            try await bastion.restart()
            _ = try await eventually { [partner] in partner.gateway.isWarm(partner.access.partner) ? nil : true }
            #expect(await visitError { _ = try await partner.metrics() }?.isStaleSession == true)
            try await partner.connect()
            _ = try await partner.metrics()
        }
        await bastion.stop()
    }

    @Test("Fifty partners behind one bastion are read at once, each with its own numbers")
    func fifty() async throws {
        let server = try await MariaDBServer.shared()
        let bastion = try await SSHServer.shared()
        let directory = try TemporaryDirectory()
        let gateway = try LiveGateway(partnersDirectory: directory.url, logger: Logger(label: "test"))
        var partners: [(PartnerAccess, Metrics)] = []
        for number in 0..<50 {
            let rows = PartnerRows.generated(seed: UInt64(number), around: .testDay, campaigns: 4, calls: 40 + number)
            var access = PartnerAccess.mysql(try await server.makePartner(rows: rows), port: server.port)
            access.tunnel(through: bastion)
            partners.append((access, rows.expectedMetrics(today: .testDay, limitOnFile: 10)))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (access, expected) in partners {
                group.addTask {
                    _ = try await gateway.connect(access, within: .seconds(60))
                    for _ in 0..<3 {
                        let reading = try await gateway.readMetrics(access, today: .testDay, within: .seconds(30))
                        #expect(reading.metrics == expected)
                    }
                }
            }
            try await group.waitForAll()
        }
        await gateway.shutdown()
    }
}
