import Domain
import Foundation

/// Tests the way to a partner's database with connections of its own, and looks for what will go wrong later.
struct ConnectionCheck: Sendable {
    let opener: ConnectionOpener
    let access: PartnerAccess
    let now: Date

    func report(
        connectionLimit: Duration, queryLimit: Duration, onConnected: @Sendable () -> Void
    ) async -> ConnectionReport {
        let stages = StageLog()
        var hostKey: HostKeyPin?
        let result: Result<ConnectionFindings, VisitError>
        do throws(VisitError) {
            let connection = try await opener.open(
                access, keys: KeyRing(), deadline: Deadline(within: connectionLimit), stages: stages)
            defer { connection.close() }
            onConnected()
            hostKey = connection.tunnel?.hostKey
            stages.begin(.schema)
            result = .success(
                try await findings(over: connection, stages: stages, deadline: Deadline(within: queryLimit)))
        } catch {
            hostKey = hostKey ?? error.hostKey
            var error = error
            error.isStaleSession = false
            result = .failure(error)
        }
        return ConnectionReport(
            stages: stages.finish(), elapsedMilliseconds: stages.elapsed.milliseconds,
            viaSSH: access.partner.configuration.isTunnelled, hostKey: hostKey, result: result)
    }

    private func findings(
        over connection: PartnerConnection, stages: StageLog, deadline: Deadline
    ) async throws(VisitError) -> ConnectionFindings {
        let dialect = connection.session.dialect
        let schema = SchemaMap(
            rows: try await connection.run(.reading, stage: .schema, of: access, until: deadline) {
                session throws(DatabaseFailure) in try session.rows(dialect.schemaQuery)
            })
        let tenantID = access.partner.configuration.tenantID
        let checkup: SchemaCheckup
        do { checkup = try SchemaCheckup(schema: schema, dialect: dialect, tenantID: tenantID) } catch {
            throw VisitError(error).with(hostKey: connection.tunnel?.hostKey)
        }
        var warnings = try await connection.run(.reading, stage: .schema, of: access, until: deadline) {
            [now] session throws(DatabaseFailure) in try checkup.readingWarnings(on: session, now: now + stages.elapsed)
        }
        warnings += try await connection.run(.writing, stage: .schema, of: access, until: deadline) {
            session throws(DatabaseFailure) in try checkup.writingWarnings(on: session)
        }
        return ConnectionFindings(
            database: access.partner.configuration.database.name, serverVersion: connection.session.serverVersion,
            tenantScoped: tenantID == 0 ? [] : schema.tenantScoped, warnings: warnings)
    }
}

extension PartnerConfiguration {
    /// Whether the way to the database leads through a bastion.
    var isTunnelled: Bool { ssh.isEnabled && database.kind != .sqlite }
}

extension Date {
    fileprivate static func + (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(Double(duration.milliseconds) / 1_000)
    }
}
