package import Domain
package import Foundation

/// How a visit ended, to be recorded as one.
package struct VisitRecord: Sendable {
    package let partnerID: PartnerID
    /// The revision that was visited: if the partner was edited meanwhile, status and schedule are the edit's,
    /// and nothing is taken over.
    package let revision: Int64
    package let endedAt: Date
    package let elapsedMilliseconds: Int
    package let nextSyncAt: Date?
    package let outcome: Outcome

    package enum Outcome: Sendable {
        /// `takenOver`: values found changed at the partner itself, stored with a history row by `partner`
        /// unless a change of that field is pending.
        case success(Snapshot, takenOver: [SettingChange])
        /// Also leaves a connection log of this operation.
        case failure(VisitError, operation: ConnectionOperation)
    }

    package init(
        partnerID: PartnerID, revision: Int64, endedAt: Date, elapsedMilliseconds: Int, nextSyncAt: Date?,
        outcome: Outcome
    ) {
        self.partnerID = partnerID
        self.revision = revision
        self.endedAt = endedAt
        self.elapsedMilliseconds = elapsedMilliseconds
        self.nextSyncAt = nextSyncAt
        self.outcome = outcome
    }
}

extension AdminStore {
    /// Stores a visit's snapshot, taken-over values, status, failure count, alert, log and next due time, and with
    /// pending changes why they could not be written, in one transaction; visits that end together share a commit.
    ///
    /// Returns the partner as it now stands; `nil` if it is gone (nothing is stored then). One that was deactivated meanwhile stays unscheduled.
    package func record(_ visit: VisitRecord) async throws(StoreError) -> PartnerRecord? {
        try await database.transaction { (session) throws(StoreError) in
            guard let row = try session.partnerRow(visit.partnerID) else { return nil }
            let isCurrent = row.partner.revision == visit.revision
            switch visit.outcome {
            case .success(let snapshot, let takenOver):
                try session.insert(snapshot, key: row.key)
                if isCurrent {
                    try session.takeOver(takenOver, into: row, at: visit.endedAt)
                }
            case .failure(let error, let operation):
                try session.insert(visit.log(of: error, operation), key: row.key)
                try session.noteFailure(error.message, ofChangesOf: row.key, until: visit.beganAt)
            }
            if isCurrent {
                try session.store(visit.state(after: row), key: row.key)
            }
            try session.settleAlerts(of: row.key, after: visit.snapshot, at: visit.endedAt)
            return try session.partnerRecord(visit.partnerID)
        }
    }

    /// The newest snapshot of every partner that has one.
    package func latestSnapshots() async throws(StoreError) -> [PartnerID: Snapshot] {
        try await database.read { (session) throws(StoreError) in try session.latestSnapshots() }
    }

    /// Adds a line to a partner's log; at most the newest 1 000 a partner are kept. Throws `partnerNotFound`.
    package func log(_ entry: ConnectionLog) async throws(StoreError) {
        try await database.transaction { (session) throws(StoreError) in
            try session.insert(entry, key: try session.existingPartner(entry.partnerID).key)
        }
    }

    /// A partner's log, newest first, at most `limit` lines.
    package func connectionLogs(of id: PartnerID, limit: Int) async throws(StoreError) -> [ConnectionLog] {
        try await database.read { (session) throws(StoreError) in
            try session.connectionLogs(of: id, limit: limit)
        }
    }

    /// Empties a partner's log and returns how many lines there were.
    package func clearConnectionLogs(of id: PartnerID) async throws(StoreError) -> Int {
        try await database.transaction { (session) throws(StoreError) in
            try session.execute(
                "DELETE FROM connection_logs WHERE partner = (SELECT id FROM partners WHERE public_id = ?)", id)
        }
    }
}

extension VisitRecord {
    fileprivate var snapshot: Snapshot? {
        if case .success(let snapshot, _) = outcome { snapshot } else { nil }
    }

    fileprivate var beganAt: Date { endedAt - Double(elapsedMilliseconds) / 1_000 }

    fileprivate func log(of error: VisitError, _ operation: ConnectionOperation) -> ConnectionLog {
        ConnectionLog(
            id: UUID().uuidString.lowercased(), partnerID: partnerID, operation: operation,
            status: error.kind.connectionStatus, time: endedAt, responseMilliseconds: elapsedMilliseconds,
            errorMessage: error.message)
    }

    /// Where the partner stands after this visit.
    fileprivate func state(after row: PartnerRow) -> SyncState {
        let due = row.partner.configuration.isActive ? nextSyncAt : nil
        return switch outcome {
        case .success:
            SyncState(status: .success, lastSyncAt: endedAt, nextSyncAt: due)
        case .failure(let error, _):
            SyncState(
                status: .failed, lastSyncAt: endedAt, lastErrorMessage: error.message,
                consecutiveFailures: row.sync.consecutiveFailures + 1, lastFailure: error.kind, nextSyncAt: due)
        }
    }
}

extension SQLSession {
    /// Changes that waited for the partner when the visit began were tried in vain.
    fileprivate func noteFailure(
        _ error: String, ofChangesOf key: Int64, until beganAt: Date
    ) throws(StoreError) {
        try execute(
            "UPDATE setting_changes SET sync_error = ? WHERE partner = ? AND is_pending = 1 AND time <= ?",
            error, key, beganAt)
    }

    /// Puts the partner's own values on file, but for fields whose change by an operator is still pending.
    fileprivate func takeOver(_ changes: [SettingChange], into row: PartnerRow, at now: Date) throws(StoreError) {
        let pending = Set(try pendingChanges(of: row.key).values.joined().map(\.change.field))
        var partner = row.partner
        for change in changes where !pending.contains(change.field) {
            let was = partner.configuration.setting(change.field)
            guard change != was else { continue }
            partner.configuration.apply(change)
            partner.updatedAt = now
            try storeTakenOver(change, was: was, at: now, key: row.key)
        }
        if partner != row.partner {
            try store(partner, key: row.key)
        }
    }
}
