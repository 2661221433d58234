package import Domain
package import Foundation

// Open alerts come with their partners, see `PartnerRecord`.

extension AdminStore {
    /// The alerts that are over, the newest end first, at most `limit`.
    package func resolvedAlerts(limit: Int) async throws(StoreError) -> [Alert] {
        try await database.read { (session) throws(StoreError) in
            var alerts: [Alert] = []
            let sql = "\(Alert.select) AND a.resolved_at IS NOT NULL ORDER BY a.resolved_at DESC, a.id DESC LIMIT ?"
            for row in try session.rows(sql, limit) { alerts.append(try Alert(row)) }
            return alerts
        }
    }

    /// Hides an open alert until `moment` or until it gets worse, and returns whose it is. Throws `alertNotFound`, and
    /// `rejected` if it is over.
    package func dismissAlert(_ id: String, until moment: Date, by user: String) async throws(StoreError) -> PartnerID {
        try await database.transaction { (session) throws(StoreError) in
            guard let row = try session.rows("\(Alert.select) AND a.public_id = ?", id).first else {
                throw .alertNotFound
            }
            let alert = try Alert(row)
            guard alert.isOpen else { throw .rejected(.rule("The alert is already resolved")) }
            try session.store(alert.dismissed(until: moment, by: user), replacing: alert, key: try row.get("partner"))
            return alert.partnerID
        }
    }
}
