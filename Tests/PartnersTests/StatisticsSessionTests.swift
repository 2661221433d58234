import Domain
import Foundation
import TestSupport
import Testing

@testable import Partners

/// Statistics beside visits: slow ones, dying ones, and those that travel through a visit's tunnel.
@Suite("Sessions for statistics", .needsMariaDB)
struct StatisticsSessionTests {
    private static let backEnds = BackEnd.available.filter { [.mariaDB, .mariaDBThroughSSH].contains($0) }

    /// A partner whose statistics take half a second a submittal, and whose metrics are quick.
    private func withSlowStatistics(_ backEnd: BackEnd, _ body: (TestPartner) async throws -> Void) async throws {
        let rows = PartnerRows.generated(seed: 3, around: .testDay, calls: 1_000)
        try await TestPartner.with(backEnd, rows: rows) { partner in
            try await partner.execute(
                """
                RENAME TABLE ats_submittals TO kept;
                CREATE VIEW ats_submittals AS SELECT id, status, createdAt FROM kept WHERE SLEEP(0.5) = 0
                """)
            try await partner.connect()
            _ = try await partner.metrics()
            try await body(partner)
        }
    }

    /// How many sessions the partner's user has at the server.
    private func sessions(_ partner: TestPartner) async throws -> Int {
        let user = partner.access.database.username
        let answer = try await partner.execute(
            partner.access.database.kind == .postgresql
                ? "SELECT COUNT(*) FROM pg_stat_activity WHERE usename = '\(user)'"
                : "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = '\(user)'")
        return Int(answer.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    /// Has a statistic cancelled once its statement runs at the server.
    private func cancelStatistics(_ partner: TestPartner) async throws {
        let user = partner.access.database.username
        let reading = Task { await visitError { _ = try await partner.statistics(within: .seconds(300)) } }
        _ = try await eventually("its statement") {
            let running = try await partner.execute(
                partner.access.database.kind == .postgresql
                    ? "SELECT query FROM pg_stat_activity WHERE usename = '\(user)' AND state = 'active'"
                    : "SELECT INFO FROM information_schema.PROCESSLIST WHERE USER = '\(user)' AND COMMAND = 'Query'")
            return running.contains("submittals") && running.contains("createdAt") ? true : nil
        }
        let start = ContinuousClock.now
        reading.cancel()
        _ = await reading.value
        #expect(start.duration(to: .now) < .promptly)
    }

    @Test(
        "While a statistic takes its time the visits read on; its missed limit costs them nothing", arguments: backEnds)
    func slow(backEnd: BackEnd) async throws {
        try await withSlowStatistics(backEnd) { partner in
            async let late = visitError { _ = try await partner.statistics(within: .seconds(3)) }
            _ = try await eventually("a second session") { try await sessions(partner) == 2 ? true : nil }
            for _ in 0..<5 {
                let start = ContinuousClock.now
                _ = try await partner.metrics(within: .seconds(3))
                #expect(start.duration(to: .now) < .seconds(2))
            }
            #expect(await late?.message == "Query failed: Timed out after 3 s")
            #expect(partner.gateway.isWarm(partner.access.partner))
            _ = try await partner.metrics()
            _ = try await eventually(within: .seconds(20), "its session to be gone") {
                try await sessions(partner) == 1 ? true : nil
            }
        }
    }

    @Test("Cancelling ends a statistic at once, and the visits' session lives", arguments: backEnds)
    func cancelled(backEnd: BackEnd) async throws {
        try await withSlowStatistics(backEnd) { partner in
            try await cancelStatistics(partner)
            #expect(partner.gateway.isWarm(partner.access.partner))
            #expect(!partner.gateway.statistics.has(partner.access.partner))
            _ = try await partner.metrics()
        }
    }

    @Test(
        "What a cancelled statistic left running at the server is ended there",
        arguments: BackEnd.available.filter { $0 != .sqlite }, [true, false])
    func orphans(backEnd: BackEnd, isGuest: Bool) async throws {
        let rows = PartnerRows.generated(seed: 3, around: .testDay, calls: 1_000)
        try await TestPartner.with(backEnd, rows: rows) { partner in
            // Work for hours, in which the server does not look after its client.
            try await partner.execute(
                """
                ALTER TABLE ats_submittals RENAME TO kept;
                CREATE VIEW ats_submittals AS SELECT k.* FROM kept k
                    WHERE (SELECT COUNT(*) FROM calls a, calls b, calls c WHERE a.id + b.id + c.id > k.id) > 0
                """)
            if partner.access.database.kind == .postgresql {
                try await partner.execute("GRANT SELECT ON ats_submittals TO PUBLIC")
            }
            if isGuest { try await partner.connect() }
            let before = try await sessions(partner)
            try await cancelStatistics(partner)
            #expect(try await sessions(partner) == before + 1)
            #expect(await partner.gateway.tidyUpStatistics(idleAfter: .seconds(60)) == nil)
            _ = try await eventually("its end") { try await sessions(partner) == before ? true : nil }
            #expect(partner.gateway.isWarm(partner.access.partner) == isGuest)
        }
    }

    @Test("Dropping a partner closes its session for statistics; a dead one is told as such and can be replaced")
    func dropped() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            _ = try await partner.statistics()
            _ = try await partner.statistics()
            let user = partner.access.database.username
            let id = try await partner.execute(
                "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '\(user)'")
            // The gateway must not have noticed: a call that finds its session dead is the case to be tested.
            _ = try await partner.gateway.connectForStatistics(
                partner.access, mayShakeHands: false, within: .seconds(20))
            try await partner.execute("KILL \(id)")
            let error = await visitError {
                _ = try await partner.gateway.readPeriod(partner.access, range: .testDay, within: .seconds(20))
            }
            #expect(error?.isStaleSession == true)
            _ = try await partner.statistics()
            await partner.gateway.drop(partner.access.partner.id)
            _ = try await eventually("no session") { try await sessions(partner) == 0 ? true : nil }
        }
    }

    @Test("Statistics travel through the visits' tunnel, and by one of their own when that is gone", .needsSSHServer)
    func sharedTunnel() async throws {
        let bastion = try await SSHServer.start()
        let logins = { @Sendable in bastion.log.components(separatedBy: "Accepted password").count - 1 }
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            partner.access.tunnel(through: bastion)
            let (gateway, record) = (partner.gateway, partner.access.partner)
            #expect(gateway.needsHandshakeForStatistics(record))
            #expect(await visitError { _ = try await partner.statistics(mayShakeHands: false) }?.isStaleSession == true)

            try await partner.connect()
            #expect(!gateway.needsHandshakeForStatistics(record))
            _ = try await partner.statistics(mayShakeHands: false)
            #expect(logins() == 1)

            // An idle session that closes leaves the tunnel to the visits.
            #expect(await gateway.tidyUpStatistics(idleAfter: .zero) == nil)
            _ = try await partner.metrics()

            _ = try await partner.statistics(mayShakeHands: false)
            gateway.warm.drop(record.id)
            // The tunnel's own thread takes it down; until then it still carries what is in it.
            _ = try await eventually("the tunnel is gone") { gateway.needsHandshakeForStatistics(record) ? true : nil }
            let access = partner.access
            let error = await visitError {
                _ = try await gateway.readPeriod(access, range: .testDay, within: .seconds(20))
            }
            #expect(error?.isStaleSession == true)
            #expect(gateway.needsHandshakeForStatistics(record))
            _ = try await partner.statistics()
            #expect(logins() == 2)
            _ = try await partner.statistics(mayShakeHands: false)
            #expect(logins() == 2)
        }
        await bastion.stop()
    }

    @Test("A database that refuses a second session leaves the visits' tunnel open", .needsSSHServer)
    func refusedGuest() async throws {
        try await TestPartner.with(.mariaDBThroughSSH) { partner in
            try await partner.connect()
            var wrong = partner
            wrong.access.secrets.databasePassword = Secret("wrong")
            let error = await visitError { _ = try await wrong.statistics(mayShakeHands: false) }
            #expect(error?.kind == .databaseLogin)
            #expect(error?.hostKey != nil)
            _ = try await partner.metrics()
        }
    }
}
