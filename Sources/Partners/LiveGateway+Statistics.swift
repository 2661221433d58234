package import Domain
package import Foundation
import Logging

/// Statistics: slow reads beside the visits, in sessions of their own.
extension LiveGateway {
    private static let endingLimit = Duration.seconds(5)

    package func needsHandshakeForStatistics(_ partner: Partner) -> Bool {
        partner.configuration.isTunnelled && !statistics.has(partner) && warm.tunnel(to: partner) == nil
    }

    package func connectForStatistics(
        _ access: PartnerAccess, mayShakeHands: Bool, within limit: Duration
    ) async throws(VisitError) -> HostKeyPin? {
        let partner = access.partner
        if statistics.has(partner), let (connection, _) = statistics.take(partner) {
            statistics.giveBack(connection, of: partner.id)
            return connection.tunnel?.hostKey
        }
        statistics.drop(partner.id)
        let deadline = Deadline(within: limit)
        let connection: PartnerConnection
        if let tunnel = warm.tunnel(to: partner) {
            connection = try await openAsGuest(access, through: tunnel, deadline: deadline)
        } else {
            guard mayShakeHands || !partner.configuration.isTunnelled else { throw .tunnelGone }
            connection = try await opener.open(access, keys: keys, deadline: deadline, stages: StageLog())
        }
        statistics.add(connection, of: partner)
        return connection.tunnel?.hostKey
    }

    package func readPeriod(
        _ access: PartnerAccess, range: Range<Date>, within limit: Duration
    ) async throws(VisitError) -> PeriodStatistics {
        let tenantID = access.partner.configuration.tenantID
        return try await perform(.reading, on: access, over: statistics, within: limit) {
            schema, dialect throws(SchemaFault) in
            let query = try PeriodQuery(
                schema: schema, dialect: dialect, tenantID: tenantID, range: range, limit: limit)
            return { connection throws(DatabaseFailure) in try PeriodRows(connection.rows(query.sql)).statistics }
        }
    }

    package func tidyUpStatistics(idleAfter limit: Duration) async -> Duration? {
        await withDiscardingTaskGroup { group in
            for orphan in orphans.takeAll() { group.addTask { await self.end(orphan) } }
        }
        return statistics.closeIdle(after: limit)
    }

    /// Has the server end a session whose statement goes on. If that fails, the statement's own limit ends it.
    private func end(_ orphan: Orphans.Orphan) async {
        defer { orphan.connection.close() }
        let (access, deadline) = (orphan.access, Deadline(within: Self.endingLimit))
        do throws(VisitError) {
            let other: PartnerConnection
            if let tunnel = orphan.connection.tunnel {
                other = try await openAsGuest(access, through: tunnel, deadline: deadline)
            } else {
                other = try await opener.open(access, keys: keys, deadline: deadline, stages: StageLog())
            }
            defer { other.close() }
            try await other.run(.reading, stage: .query, of: access, until: deadline, orphan.ending)
        } catch {
            logger.debug(
                "abandoned statement not ended",
                metadata: ["partnerId": "\(access.partner.id)", "error": "\(error)", "detail": "\(error.detail)"])
        }
    }

    private func openAsGuest(
        _ access: PartnerAccess, through tunnel: Tunnel, deadline: Deadline
    ) async throws(VisitError) -> PartnerConnection {
        do {
            return try await opener.open(
                access, through: tunnel, asGuest: true, deadline: deadline, stages: StageLog())
        } catch  where !tunnel.isAlive {
            // The visit that owned it gave it up: not this partner's failure.
            throw .tunnelGone
        }
    }
}

extension VisitError {
    fileprivate static let tunnelGone = VisitError(
        kind: .ssh, stage: .tunnel, message: "SSH connection failed: The connection was lost", isStaleSession: true)
}
