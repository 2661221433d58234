import Domain
import Foundation
import Logging
import Partners
import TestSupport
import Testing

/// The ways to a partner's database that one suite of scenarios is run over.
enum BackEnd: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case mariaDB
    case mariaDBThroughSSH
    case postgreSQL
    case postgreSQLThroughSSH
    case sqlite

    var testDescription: String { rawValue }

    var isTunnelled: Bool { self == .mariaDBThroughSSH || self == .postgreSQLThroughSSH }

    var dialect: PartnerSchema.Dialect {
        switch self {
        case .mariaDB, .mariaDBThroughSSH: .mysql
        case .postgreSQL, .postgreSQLThroughSSH: .postgreSQL
        case .sqlite: .sqlite
        }
    }

    /// What can be tested here; the tests that need the others say so as they are skipped.
    static let available = allCases.filter { backEnd in
        switch backEnd {
        case .mariaDB: MariaDBServer.isAvailable
        case .mariaDBThroughSSH: MariaDBServer.isAvailable && SSHServer.isAvailable
        case .postgreSQL: PostgreSQLServer.isAvailable
        case .postgreSQLThroughSSH: PostgreSQLServer.isAvailable && SSHServer.isAvailable
        case .sqlite: true
        }
    }

    /// Those that listen on a port, reached directly.
    static var servers: [BackEnd] { available.filter { $0.dialect != .sqlite && !$0.isTunnelled } }
}

/// A partner with a database of its own, and a gateway that reaches it.
struct TestPartner: Sendable {
    var access: PartnerAccess
    let gateway: LiveGateway
    let directory: TemporaryDirectory
    /// As it was made, with names and types as its kind of database wants them.
    let schema: PartnerSchema
    private let administer: @Sendable (String) async throws -> String

    /// Makes the database, runs `body`, and closes what the gateway holds.
    static func with<Value: Sendable>(
        _ backEnd: BackEnd, _ schema: PartnerSchema = PartnerSchema(), rows: PartnerRows = PartnerRows(),
        tenant: Int64 = 0, _ body: (TestPartner) async throws -> Value
    ) async throws -> Value {
        let directory = try TemporaryDirectory()
        let gateway = try LiveGateway(partnersDirectory: directory.url, logger: Logger(label: "test"))
        let partner = try await make(backEnd, schema, rows: rows, tenant: tenant, gateway, directory)
        do {
            let value = try await body(partner)
            await gateway.shutdown()
            return value
        } catch {
            await gateway.shutdown()
            throw error
        }
    }

    private static func make(
        _ backEnd: BackEnd, _ schema: PartnerSchema, rows: PartnerRows, tenant: Int64, _ gateway: LiveGateway,
        _ directory: TemporaryDirectory
    ) async throws -> TestPartner {
        var schema = schema
        schema.dialect = backEnd.dialect
        var (access, administer) = try await database(of: schema, rows: rows, tenant: tenant, directory)
        if backEnd.isTunnelled { access.tunnel(through: try await SSHServer.shared()) }
        return TestPartner(
            access: access, gateway: gateway, directory: directory, schema: schema, administer: administer)
    }

    private static func database(
        of schema: PartnerSchema, rows: PartnerRows, tenant: Int64, _ directory: TemporaryDirectory
    ) async throws -> (PartnerAccess, @Sendable (String) async throws -> String) {
        switch schema.dialect {
        case .mysql:
            let server = try await MariaDBServer.shared()
            let account = try await server.makePartner(schema, rows: rows)
            let access = PartnerAccess.mysql(account, port: server.port, tenant: tenant)
            return (access, { try await server.execute($0, database: account.database) })
        case .postgreSQL:
            let server = try await PostgreSQLServer.shared()
            let account = try await server.makePartner(schema, rows: rows)
            let access = PartnerAccess.postgreSQL(account, port: server.port, tenant: tenant)
            return (access, { try await server.execute($0, database: account.database) })
        case .sqlite:
            let file = directory.url.appending(path: "partner.db")
            try await SQLiteFile.makePartner(schema, rows: rows, at: file)
            return (.sqlite("partner.db", tenant: tenant), { try await SQLiteFile.execute($0, in: file) })
        }
    }

    /// Runs statements as the database's administrator; rows come as lines.
    @discardableResult
    func execute(_ sql: String) async throws -> String { try await administer(sql) }

    func connect(within limit: Duration = .seconds(20)) async throws {
        _ = try await gateway.connect(access, within: limit)
    }

    func metrics(today: Range<Date> = .testDay, within limit: Duration = .seconds(20)) async throws -> MetricsReading {
        try await gateway.readMetrics(access, today: today, within: limit)
    }

    func statistics(
        of range: Range<Date> = .testDay, mayShakeHands: Bool = true, within limit: Duration = .seconds(20)
    ) async throws -> PeriodStatistics {
        _ = try await gateway.connectForStatistics(access, mayShakeHands: mayShakeHands, within: .seconds(20))
        return try await gateway.readPeriod(access, range: range, within: limit)
    }

    func check(
        connectionLimit: Duration = .seconds(20), queryLimit: Duration = .seconds(20)
    ) async -> ConnectionReport {
        await gateway.check(
            access, connectionLimit: connectionLimit, queryLimit: queryLimit, now: Date(), onConnected: {})
    }
}

extension PartnerAccess {
    static func mysql(
        _ account: DatabaseAccount, host: String = "127.0.0.1", port: Int, tenant: Int64 = 0
    ) -> PartnerAccess {
        server(.mysql, account, host: host, port: port, tenant: tenant)
    }

    static func postgreSQL(
        _ account: DatabaseAccount, host: String = "127.0.0.1", port: Int, tenant: Int64 = 0
    ) -> PartnerAccess {
        server(.postgresql, account, host: host, port: port, tenant: tenant)
    }

    private static func server(
        _ kind: DatabaseKind, _ account: DatabaseAccount, host: String, port: Int, tenant: Int64
    ) -> PartnerAccess {
        let database = DatabaseEndpoint(
            kind: kind, host: host, port: port, name: account.database, username: account.username)
        return PartnerAccess(
            partner: .test(PartnerConfiguration(name: "Test", tenantID: tenant, database: database)),
            secrets: PartnerSecrets(databasePassword: Secret(account.password)))
    }

    static func sqlite(_ name: String, tenant: Int64 = 0) -> PartnerAccess {
        let database = DatabaseEndpoint(kind: .sqlite, host: "", port: 0, name: name, username: "")
        return PartnerAccess(
            partner: .test(PartnerConfiguration(name: "Test", tenantID: tenant, database: database)),
            secrets: PartnerSecrets())
    }

    mutating func tunnel(through server: SSHServer) {
        partner.configuration.ssh = SSHEndpoint(
            isEnabled: true, host: "127.0.0.1", port: server.port, username: server.username, authMethod: .password)
        secrets.ssh = .password(Secret(server.password))
    }

    var database: DatabaseEndpoint {
        get { partner.configuration.database }
        set { partner.configuration.database = newValue }
    }
}

extension Partner {
    static func test(_ configuration: PartnerConfiguration) -> Partner {
        Partner(
            id: .random(), configuration: configuration, revision: 1, createdAt: .distantPast, updatedAt: .distantPast)
    }
}

extension Range<Date> {
    /// An ordinary day in New York.
    static var testDay: Range<Date> { day(2025, 6, 12) }

    /// A business day in New York.
    static func day(_ year: Int, _ month: Int, _ day: Int) -> Range<Date> {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "America/New_York") ?? .gmt
        let start = calendar.date(from: DateComponents(year: year, month: month, day: day)) ?? .distantPast
        return start..<(calendar.date(byAdding: .day, value: 1, to: start) ?? .distantFuture)
    }
}

/// The error that `body` ends with; a test issue if it does not.
func visitError(_ body: () async throws -> Void) async -> VisitError? {
    await #expect(throws: VisitError.self) { try await body() }
}

/// The reason why a gateway cannot read this partner; `nil` if it can.
func refusal(_ access: PartnerAccess) async throws -> String? {
    try await TestPartner.with(.sqlite) { partner in
        var partner = partner
        partner.access = access
        do {
            try await partner.connect()
            _ = try await partner.metrics()
            return nil
        } catch let error as VisitError {
            return error.message
        }
    }
}

extension Duration {
    /// Long for a machine that runs all tests at once, short beside what the waits under test would otherwise last.
    static var promptly: Duration { .seconds(6) }
}
