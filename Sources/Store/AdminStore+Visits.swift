package import Domain
package import Foundation

/// How a visit ended, to be recorded as one.
package struct VisitRecord: Sendable {
    package let partnerID: PartnerID
    /// The revision that was visited: if the partner was edited meanwhile, status and schedule are the edit's.
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
    /// Stores a visit's snapshot, taken-over values, status, failure count, log and next due time in one
    /// transaction; visits that end together share a commit. Returns the partner as it now stands;
    /// `nil` if it is gone (nothing is stored then).
    package func record(_ visit: VisitRecord) async throws(StoreError) -> PartnerRecord? {
        fatalError("Store helper")
    }

    /// The newest snapshot of every partner that has one.
    package func latestSnapshots() async throws(StoreError) -> [PartnerID: Snapshot] {
        fatalError("Store helper")
    }

    /// The partner confirmed this change: it is no longer pending, and its history row says when it arrived.
    package func recordApplied(changeID: Int64, at now: Date) async throws(StoreError) {
        fatalError("Store helper")
    }

    /// This change could not be written; it stays pending with this sentence.
    package func recordNotApplied(changeID: Int64, error: String) async throws(StoreError) {
        fatalError("Store helper")
    }

    /// Adds a line to a partner's log; at most the newest 1 000 a partner are kept.
    package func log(_ entry: ConnectionLog) async throws(StoreError) {
        fatalError("Store helper")
    }

    /// A partner's log, newest first, at most `limit` lines.
    package func connectionLogs(of id: PartnerID, limit: Int) async throws(StoreError) -> [ConnectionLog] {
        fatalError("Store helper")
    }

    /// Empties a partner's log and returns how many lines there were.
    package func clearConnectionLogs(of id: PartnerID) async throws(StoreError) -> Int {
        fatalError("Store helper")
    }

    /// Removes snapshots, logs, history (but never a pending change) and revoked tokens older than `moment`
    /// (tokens: expired before `now`), in steps of about 10 ms of work each in a transaction of its own, so that
    /// writers hardly wait. Ends early when cancelled. Returns how many rows went.
    package func removeExpired(before moment: Date, now: Date) async throws(StoreError) -> Int {
        fatalError("Store helper")
    }
}
