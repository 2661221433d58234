package import Domain
package import Foundation

extension AdminStore {
    /// Puts a limit or pause on file in one transaction: the value, its history row by `user`, and the pending change
    /// that replaces an older one of that field. Returns the partner as it then stands and the change to wait for.
    ///
    /// A value that is on file and waits already is not stored again. One that is on file and waits no longer is made
    /// pending once more, because the partner may have another by now; see `recordApplied` for what becomes of it.
    /// Throws `partnerNotFound`.
    package func change(
        _ change: SettingChange, of id: PartnerID, by user: String, reason: String?, at now: Date
    ) async throws(StoreError) -> (partner: PartnerRecord, changeID: Int64) {
        let origin = ChangeOrigin(user: user, reason: reason, time: now)
        return try await database.transaction { (session) throws(StoreError) in
            let row = try session.existingPartner(id)
            let waiting = try session.pendingChanges(of: row.key)[row.key]?.first { $0.change == change }
            let changeID =
                if let waiting { waiting.changeID } else { try session.store(change, of: row, by: origin) }
            return (try session.existingRecord(id), changeID)
        }
    }

    /// The partner confirmed this change: it is no longer pending, and its history row says when it arrived.
    ///
    /// A value that was on file before leaves a row only if the partner had another, and then that one is the old
    /// value. Nothing, if the row is gone.
    package func recordApplied(_ applied: AppliedChange, changeID: Int64, at now: Date) async throws(StoreError) {
        try await database.transaction { (session) throws(StoreError) in
            guard let row = try session.changeRow(changeID) else { return }
            var old = row.old
            if row.old == row.new {
                guard !applied.wasInForce else { return try session.deleteChange(changeID) }
                old = applied.previousValue.flatMap { SettingChange(field: old.field, settingValue: $0) } ?? old
            }
            try session.execute(
                """
                UPDATE setting_changes SET is_pending = 0, synced_at = ?, sync_error = NULL, old_value = ? WHERE id = ?
                """, now, old.settingValue, changeID)
        }
    }

    /// This change could not be written; it stays pending with this sentence. Nothing, if it no longer is.
    package func recordNotApplied(changeID: Int64, error: String) async throws(StoreError) {
        _ = try await database.transaction { (session) throws(StoreError) in
            try session.execute(
                "UPDATE setting_changes SET sync_error = ? WHERE id = ? AND is_pending = 1", error, changeID)
        }
    }

    /// A partner's history, newest first, at most `limit` rows; none of a partner that there is not. What is on file
    /// and only waits to be confirmed once more is no change yet, and not in it.
    package func changes(of id: PartnerID, limit: Int) async throws(StoreError) -> [RecordedChange] {
        try await database.read { (session) throws(StoreError) in
            let found = try session.rows(
                """
                SELECT c.* FROM setting_changes c JOIN partners p ON p.id = c.partner
                WHERE p.public_id = ? AND (c.is_pending = 0 OR c.old_value <> c.new_value)
                ORDER BY c.time DESC, c.id DESC LIMIT ?
                """, id, limit)
            var changes: [RecordedChange] = []
            for row in found { changes.append(try RecordedChange(row)) }
            return changes
        }
    }
}

extension SQLSession {
    fileprivate func changeRow(_ id: Int64) throws(StoreError) -> RecordedChange? {
        guard let row = try rows("SELECT * FROM setting_changes WHERE id = ?", id).first else { return nil }
        return try RecordedChange(row)
    }

    fileprivate func deleteChange(_ id: Int64) throws(StoreError) {
        try execute("DELETE FROM setting_changes WHERE id = ?", id)
    }
}
