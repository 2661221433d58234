package import Domain
package import Foundation
package import Logging

/// The gateway to real databases: MySQL, MariaDB and PostgreSQL, directly or through SSH, and SQLite files.
///
/// The one place that opens and closes tunnels and sessions. It keeps them warm between calls and throws them away on
/// any doubt: after an error, a missed limit, a cancellation or a new revision. Statistics have sessions of their own
/// beside those of the visits. It knows nothing of schedules or of the admin store.
package final class LiveGateway: PartnerGateway {
    /// Beyond it the least recently used go: a tunnelled session costs 72 kB.
    private static let warmLimit = 2_000
    /// What a tunnelled session costs: two at the bastion's end, three at the database's, and one to spare.
    private static let descriptorsPerSession = 6
    /// For someone who waits at a form; OpenSSH's own keys take 150 ms.
    private static let keyLimit = Duration.seconds(10)

    let opener: ConnectionOpener
    private let reactor: TunnelReactor
    let keys = KeyRing()
    /// The visits' connections.
    let warm = WarmConnections(limit: LiveGateway.affordable)
    /// Those of statistics; idle ones of more partners than this are not worth their keep.
    let statistics = WarmConnections(limit: 64)
    let orphans = Orphans()
    let schemas = SchemaCache()
    let logger: Logger

    /// SQLite partners are files in `partnersDirectory`. Throws if the system gives no descriptor or thread.
    package init(partnersDirectory: URL, logger: Logger) throws {
        self.logger = logger
        reactor = try TunnelReactor(logger: logger)
        opener = ConnectionOpener(reactor: reactor, pool: BlockingPool(), partnersDirectory: partnersDirectory)
    }

    /// Half of the descriptors that the process may have are for others.
    private static var affordable: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 100 }
        return min(warmLimit, Int(clamping: limit.rlim_cur) / 2 / descriptorsPerSession)
    }

    package func isWarm(_ partner: Partner) -> Bool {
        warm.has(partner)
    }

    package func connect(_ access: PartnerAccess, within limit: Duration) async throws(VisitError) -> HostKeyPin? {
        let partner = access.partner
        if isWarm(partner), let (connection, _) = warm.take(partner) {
            warm.giveBack(connection, of: partner.id)
            return connection.tunnel?.hostKey
        }
        warm.drop(partner.id)
        let deadline = Deadline(within: limit)
        let connection = try await opener.open(access, keys: keys, deadline: deadline, stages: StageLog())
        do throws(VisitError) {
            if schemas.schema(of: partner) == nil {
                let schema = try await lookAtSchema(of: access, over: connection, deadline: deadline)
                do { try MetricsQuery.check(schema, connection.session.dialect) } catch { throw VisitError(error) }
            }
        } catch {
            connection.close()
            throw error.notStale.with(hostKey: connection.tunnel?.hostKey)
        }
        warm.add(connection, of: partner)
        return connection.tunnel?.hostKey
    }

    package func readMetrics(
        _ access: PartnerAccess, today: Range<Date>, within limit: Duration
    ) async throws(VisitError) -> MetricsReading {
        let configuration = access.partner.configuration
        return try await perform(.reading, on: access, over: warm, within: limit) {
            schema, dialect throws(SchemaFault) in
            let query = try MetricsQuery(
                schema: schema, dialect: dialect, tenantID: configuration.tenantID, today: today, limit: limit)
            return { connection throws(DatabaseFailure) in
                try MetricsRow(connection.rows(query.sql), limitOnFile: configuration.concurrencyLimit).reading
            }
        }
    }

    package func apply(
        _ change: SettingChange, to access: PartnerAccess, now: Date, within limit: Duration
    ) async throws(VisitError) -> AppliedChange {
        let tenantID = access.partner.configuration.tenantID
        return try await perform(.writing, on: access, over: warm, within: limit) {
            schema, dialect throws(SchemaFault) in
            let write = try SettingWrite(change, schema: schema, dialect: dialect, tenantID: tenantID, now: now)
            return { connection throws(DatabaseFailure) in try write.perform(on: connection) }
        }
    }

    package func check(
        _ access: PartnerAccess, connectionLimit: Duration, queryLimit: Duration, now: Date,
        onConnected: @Sendable () -> Void
    ) async -> ConnectionReport {
        schemas.forget(access.partner.id)
        let check = ConnectionCheck(opener: opener, access: access, now: now)
        return await check.report(
            connectionLimit: connectionLimit, queryLimit: queryLimit, onConnected: onConnected)
    }

    package func inspect(key: Secret, passphrase: Secret?) async throws(FieldFault) {
        let outcome: Result<PrivateKey, FieldFault>
        do {
            outcome = try await PrivateKey.parse(
                key, passphrase: passphrase, deadline: Deadline(within: Self.keyLimit))
        } catch {
            throw FieldFault(
                "sshConfig.privateKey",
                error.kind == .timeout ? "takes too long to decrypt" : "was not decrypted before the request ended")
        }
        _ = try outcome.get()
    }

    package func drop(_ id: PartnerID) async {
        statistics.drop(id)
        warm.drop(id)
        schemas.forget(id)
        keys.forget(id)
    }

    package func shutdown() async {
        statistics.shutdown()
        for orphan in orphans.takeAll() { orphan.connection.close() }
        warm.shutdown()
        await reactor.shutdown()
    }
}

extension LiveGateway {
    /// Makes the work to be done out of the schema; throws what the schema lacks.
    typealias Plan<Value> = (SchemaMap, Dialect) throws(SchemaFault) -> Work<Value>
    typealias Work<Value> = @Sendable (any StatementRunner) throws(DatabaseFailure) -> Value

    /// Carries out a plan over the kept connection, which is closed if that fails.
    func perform<Value: Sendable>(
        _ purpose: Purpose, on access: PartnerAccess, over connections: WarmConnections, within limit: Duration,
        _ plan: Plan<Value>
    ) async throws(VisitError) -> Value {
        guard let (connection, hasServed) = connections.take(access.partner) else { throw .notConnected }
        let call = Call(purpose: purpose, access: access, connection: connection, deadline: Deadline(within: limit))
        do {
            let value = try await carryOut(plan, call)
            connections.giveBack(connection, of: access.partner.id)
            return value
        } catch {
            connections.forget(connection, of: access.partner.id)
            let isOrphan = Task.isCancelled && connections === statistics && orphans.adopt(connection, of: access)
            if !isOrphan { connection.close() }
            throw (hasServed || connection.isGuest ? error : error.notStale).with(hostKey: connection.tunnel?.hostKey)
        }
    }

    /// A plan that the database does not bear is made once more, on the schema as it is now.
    private func carryOut<Value: Sendable>(_ plan: Plan<Value>, _ call: Call) async throws(VisitError) -> Value {
        if let schema = schemas.schema(of: call.access.partner) {
            do {
                return try await call.carryOut(plan, on: schema)
            } catch {
                guard case .schema = error else { throw error.visitError }
            }
        }
        let schema = try await lookAtSchema(of: call.access, over: call.connection, deadline: call.deadline)
        do { return try await call.carryOut(plan, on: schema) } catch { throw error.visitError }
    }

    /// Looks at the schema, and keeps it if it has all that the metrics need.
    private func lookAtSchema(
        of access: PartnerAccess, over connection: PartnerConnection, deadline: Deadline
    ) async throws(VisitError) -> SchemaMap {
        schemas.forget(access.partner.id)
        let query = connection.session.dialect.schemaQuery
        let schema = SchemaMap(
            rows: try await connection.run(.reading, stage: .schema, of: access, until: deadline) {
                connection throws(DatabaseFailure) in try connection.rows(query)
            })
        do {
            try MetricsQuery.check(schema, connection.session.dialect)
            schemas.keep(schema, of: access.partner)
        } catch _ {
            // Enough for other work, perhaps; who reads metrics hears what is missing.
        }
        return schema
    }
}

/// One call of the gateway on a connection of its own.
private struct Call {
    let purpose: Purpose
    let access: PartnerAccess
    let connection: PartnerConnection
    let deadline: Deadline

    enum Failure: Error {
        /// The database lacks something that the plan rests on.
        case schema(VisitError)
        case other(VisitError)

        var visitError: VisitError {
            switch self {
            case .schema(let error), .other(let error): error
            }
        }
    }

    func carryOut<Value: Sendable>(
        _ plan: (SchemaMap, Dialect) throws(SchemaFault) ->
            @Sendable (any StatementRunner) throws(DatabaseFailure) -> Value,
        on schema: SchemaMap
    ) async throws(Failure) -> Value {
        let work: @Sendable (any StatementRunner) throws(DatabaseFailure) -> Value
        do { work = try plan(schema, connection.session.dialect) } catch { throw .schema(VisitError(error)) }
        do {
            return try await connection.session.run(purpose, until: deadline, work)
        } catch {
            let visitError = connection.visitError(error, stage: .query, of: access, deadline: deadline)
            throw error.isMissingObject ? .schema(visitError) : .other(visitError)
        }
    }
}

extension VisitError {
    fileprivate static let notConnected = VisitError(
        kind: .database, stage: .dbConnect, message: "Database connection failed: Not connected", isStaleSession: true)

    /// For a connection that was new, so that its loss is a failure of the database and not of our patience.
    fileprivate var notStale: VisitError {
        var error = self
        error.isStaleSession = false
        return error
    }
}
