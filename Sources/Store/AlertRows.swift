import Domain
import Foundation

extension Alert {
    /// With a condition already, so that more can follow.
    static let select = """
        SELECT a.*, p.public_id AS partner_public_id, p.name AS partner_name
        FROM alerts a JOIN partners p ON p.id = a.partner WHERE 1 = 1
        """

    /// Each partner's open alert, else the one that was resolved last: two seeks a partner.
    static let selectNewest = """
        SELECT a.*, p.public_id AS partner_public_id, p.name AS partner_name FROM partners p CROSS JOIN alerts a
        WHERE a.id = COALESCE(
            (SELECT o.id FROM alerts o WHERE o.partner = p.id AND o.resolved_at IS NULL),
            (SELECT r.id FROM alerts r WHERE r.partner = p.id AND r.resolved_at IS NOT NULL
                ORDER BY r.resolved_at DESC, r.id DESC LIMIT 1))
        """

    init(_ row: SQLRow) throws(StoreError) {
        self.init(
            id: try row.get("public_id"), partnerID: try row.get("partner_public_id"),
            partnerName: try row.get("partner_name"), level: try row.get("level"), message: try row.get("message"),
            openedAt: try row.get("opened_at"), changedAt: try row.get("changed_at"),
            resolvedAt: try row.get("resolved_at"), dismissal: try Dismissal(row))
    }
}

extension Alert.Dismissal {
    /// `nil` if there is none.
    fileprivate init?(_ row: SQLRow) throws(StoreError) {
        guard let until: Date = try row.get("dismissed_until"), let by: String = try row.get("dismissed_by"),
            let level: AlertLevel = try row.get("dismissed_level")
        else { return nil }
        self.init(until: until, by: by, level: level)
    }
}

extension SQLSession {
    /// The open alert of each partner that has one, or of one partner, by partner key.
    func openAlerts(of key: Int64? = nil) throws(StoreError) -> [Int64: Alert] {
        try alerts("\(Alert.select) AND a.resolved_at IS NULL", of: key, by: "a.partner")
    }

    /// The open alert of each partner, or of one partner, else the one that was resolved last, by partner key.
    func newestAlerts(of key: Int64? = nil) throws(StoreError) -> [Int64: Alert] {
        try alerts(Alert.selectNewest, of: key, by: "p.id")
    }

    /// Lets the alerts of all partners, or of one, agree with how these partners stand by the settings in force.
    ///
    /// `reading` is the latest, even if the clock was set back since another. Not `opening`: only those that are open
    /// are changed or resolved.
    func settleAlerts(
        of key: Int64? = nil, after reading: Snapshot? = nil, opening: Bool = true, at now: Date
    ) throws(StoreError) {
        let open = try openAlerts(of: key)
        guard opening || !open.isEmpty else { return }
        let settings = try settings()
        let latest = if let reading { [reading.partnerID: reading] } else { try latestSnapshots(of: key) }
        for row in try partnerRows(of: key) where opening || open[row.key] != nil {
            let reading = latest[row.partner.id].map { judge($0.metrics, by: settings) }
            let alert = Alert.following(
                open[row.key], of: row.partner, standing: row.sync.standing(after: reading), at: now)
            try store(alert, replacing: open[row.key], key: row.key)
        }
    }

    /// Stores what became of a partner's open alert.
    func store(_ alert: Alert?, replacing old: Alert?, key: Int64) throws(StoreError) {
        guard let alert, alert != old else { return }
        try execute(
            """
            INSERT INTO alerts (public_id, partner, level, message, opened_at, changed_at, resolved_at,
                dismissed_until, dismissed_by, dismissed_level)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (public_id) DO UPDATE SET level = excluded.level, message = excluded.message,
                changed_at = excluded.changed_at, resolved_at = excluded.resolved_at,
                dismissed_until = excluded.dismissed_until, dismissed_by = excluded.dismissed_by,
                dismissed_level = excluded.dismissed_level
            """,
            alert.id, key, alert.level, alert.message, alert.openedAt, alert.changedAt, alert.resolvedAt,
            alert.dismissal?.until, alert.dismissal?.by, alert.dismissal?.level)
    }

    private func alerts(_ sql: String, of key: Int64?, by column: String) throws(StoreError) -> [Int64: Alert] {
        var alerts: [Int64: Alert] = [:]
        for row in try rows(sql, of: key, by: column) {
            alerts[try row.get("partner")] = try Alert(row)
        }
        return alerts
    }
}
