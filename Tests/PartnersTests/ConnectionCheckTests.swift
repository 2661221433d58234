import Domain
import Foundation
import TestSupport
import Testing

@testable import Partners

@Suite("Connection test")
struct ConnectionCheckTests {
    @Test("Each stage is timed, and a well-kept database gives no warning", arguments: BackEnd.available)
    func success(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            let report = await partner.check()
            let findings = try report.result.get()
            let stages: [ConnectionStage] =
                switch backEnd {
                case .mariaDB, .postgreSQL: [.resolve, .dbConnect, .dbAuth, .schema]
                case .mariaDBThroughSSH, .postgreSQLThroughSSH:
                    [.resolve, .sshConnect, .sshHostKey, .sshAuth, .tunnel, .dbConnect, .dbAuth, .schema]
                case .sqlite: [.dbConnect, .schema]
                }
            #expect(report.stages.map(\.stage) == stages)
            #expect(report.viaSSH == backEnd.isTunnelled)
            #expect((report.hostKey != nil) == report.viaSSH)
            #expect(findings.warnings.isEmpty)
            #expect(findings.tenantScoped.isEmpty)
            #expect(findings.database == partner.access.database.name)
            let versions: [PartnerSchema.Dialect: String] = [
                .mysql: "MariaDB", .postgreSQL: "PostgreSQL 1", .sqlite: "SQLite 3",
            ]
            #expect(findings.serverVersion.contains(try #require(versions[backEnd.dialect])))
            #expect(!partner.gateway.isWarm(partner.access.partner))
        }
    }

    @Test("Missing indexes are named, each", arguments: BackEnd.available)
    func indexes(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.hasIndexes = false
        try await TestPartner.with(backEnd, schema) { partner in
            try await partner.execute("CREATE INDEX two ON calls (\(partner.schema.quoted("createdAt")), status)")
            let warnings = try await partner.check().result.get().warnings
            #expect(
                warnings
                    == ["status", "updatedAt"].map {
                        "No index begins with column \"\($0)\" of table \"calls\": reading will be slow"
                    })
        }
    }

    @Test("A user who may only read gets a warning, however the right was given", .needsMariaDB)
    func readOnly() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            let (user, database) = (partner.access.database.username, partner.access.database.name)
            let warning = "Changes cannot be written: no right to write table \"settings\""
            try await partner.execute(
                "REVOKE ALL ON `\(database)`.* FROM '\(user)'@'%'; GRANT SELECT ON `\(database)`.* TO '\(user)'@'%'")
            #expect(try await partner.check().result.get().warnings == [warning])
            try await partner.execute("GRANT UPDATE ON `\(database)`.settings TO '\(user)'@'%'")
            #expect(try await partner.check().result.get().warnings == [warning])
            try await partner.execute(
                "GRANT INSERT ON `\(database)`.settings TO '\(user)'@'%';"
                    + "GRANT INSERT ON `\(database)`.settings_auditlogs TO '\(user)'@'%'")
            #expect(try await partner.check().result.get().warnings.isEmpty)
            #expect(try await partner.execute("SELECT COUNT(*) FROM settings").contains("0"))
        }
    }

    @Test("A table that the user may not read is not there for him", .needsMariaDB)
    func noRight() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            let (user, database) = (partner.access.database.username, partner.access.database.name)
            try await partner.execute(
                "REVOKE ALL ON `\(database)`.* FROM '\(user)'@'%'; GRANT SELECT ON `\(database)`.campaigns TO '\(user)'@'%'"
            )
            let report = await partner.check()
            #expect(
                throws: VisitError(
                    kind: .query, stage: .schema, message: "Schema check failed: table \"calls\" not found")
            ) { try report.result.get() }
            #expect(report.stages.last?.stage == .schema)
        }
    }

    @Test("A clock more than a minute apart is told, with its direction", .needsMariaDB, arguments: [-90, 90, 30])
    func clock(offset: Int) async throws {
        try await TestPartner.with(.mariaDB) { partner in
            let report = await confirmation("the login is told") { connected in
                await partner.gateway.check(
                    partner.access, connectionLimit: .seconds(20), queryLimit: .seconds(20),
                    now: Date(timeIntervalSinceNow: TimeInterval(-offset)), onConnected: { connected() })
            }
            let warnings = try report.result.get().warnings
            guard abs(offset) > 60 else {
                #expect(warnings.isEmpty)
                return
            }
            let direction = offset > 0 ? "ahead of" : "behind"
            let expected = (88...92).map { "The database's clock is \($0) s \(direction) ours" }
            #expect(warnings.count == 1)
            #expect(expected.contains(warnings.first ?? ""))
        }
    }

    @Test("Without settings the test says what will not work", arguments: BackEnd.available)
    func noSettings(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.missing = [.settings]
        try await TestPartner.with(backEnd, schema) { partner in
            let warnings = try await partner.check().result.get().warnings
            #expect(
                warnings == ["Changes cannot be written: table \"settings\" not found"])
        }
    }

    @Test("An audit table that lacks a column spoils writing, not reading", arguments: BackEnd.available)
    func oddAuditTable(backEnd: BackEnd) async throws {
        try await TestPartner.with(backEnd) { partner in
            try await partner.execute("ALTER TABLE settings_auditlogs DROP COLUMN newvalue")
            let warnings = try await partner.check().result.get().warnings
            #expect(
                warnings == [
                    "Changes cannot be written: column \"newvalue\" of table \"settings_auditlogs\" not found"
                ])
            try await partner.connect()
            _ = try await partner.metrics()
        }
    }

    @Test("A failed test tells the stages up to the failure, and nothing stays open", .needsMariaDB)
    func failure() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            var partner = partner
            partner.access.secrets.databasePassword = Secret("wrong")
            let report = await partner.check()
            #expect(report.stages.map(\.stage) == [.resolve, .dbConnect, .dbAuth])
            let error = #expect(throws: VisitError.self) { try report.result.get() }
            #expect(error?.kind == .databaseLogin)
        }
    }

    @Test("A view is read without the right to see how it is made", .needsMariaDB)
    func view() async throws {
        try await TestPartner.with(.mariaDB) { partner in
            let (user, database) = (partner.access.database.username, partner.access.database.name)
            try await partner.execute(
                "RENAME TABLE calls TO all_calls; CREATE VIEW calls AS SELECT * FROM all_calls;"
                    + "REVOKE ALL ON `\(database)`.* FROM '\(user)'@'%'; GRANT SELECT ON `\(database)`.* TO '\(user)'@'%'"
            )
            let warnings = try await partner.check().result.get().warnings
            #expect(warnings.contains("Changes cannot be written: no right to write table \"settings\""))
        }
    }

    @Test(
        "A test makes the next visit look at the schema again, over the same connection", arguments: BackEnd.available)
    func forgetsSchema(backEnd: BackEnd) async throws {
        var schema = PartnerSchema()
        schema.missing = [.settings]
        try await TestPartner.with(backEnd, schema) { partner in
            try await partner.connect()
            try await partner.execute(
                "CREATE TABLE settings (name varchar(50), value text);"
                    + "INSERT INTO settings VALUES ('callConcurrency', '7')")
            #expect(try await partner.metrics().partnerLimit == nil)
            _ = await partner.check()
            #expect(partner.gateway.isWarm(partner.access.partner))
            #expect(try await partner.metrics().partnerLimit == 7)
        }
    }
}
