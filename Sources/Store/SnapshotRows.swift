import Domain
import Foundation

extension Metrics {
    fileprivate init(_ row: SQLRow) throws(StoreError) {
        self.init(
            campaignsToday: try row.get("campaigns_today"), runningCampaigns: try row.get("running_campaigns"),
            activeCalls: try row.get("active_calls"), queuedCalls: try row.get("queued_calls"),
            completedCallsToday: try row.get("completed_calls_today"), voicemailCount: try row.get("voicemail_count"),
            customerEndedCount: try row.get("customer_ended_count"), remainingCalls: try row.get("remaining_calls"),
            concurrencyLimit: try row.get("concurrency_limit"))
    }
}

extension Snapshot {
    /// A seek a partner, however many rows there are: for SQLite, `CROSS JOIN` is the promise to begin on the left.
    static let selectLatest = """
        SELECT p.public_id, t.text, s.* FROM partners p
        CROSS JOIN snapshots s LEFT JOIN alert_texts t ON t.id = s.alert_text
        WHERE s.partner = p.id AND s.time = (SELECT MAX(time) FROM snapshots WHERE partner = p.id)
        """

    /// From a row with `public_id` of its partner and `text` of its alert.
    fileprivate init(_ row: SQLRow) throws(StoreError) {
        self.init(
            partnerID: try row.get("public_id"), metrics: try Metrics(row), judgement: try Judgement(row),
            time: try row.get("time"), fetchMilliseconds: try row.get("fetch_ms"))
    }
}

extension Judgement {
    fileprivate init(_ row: SQLRow) throws(StoreError) {
        let level: AlertLevel = try row.get("alert_level")
        guard let text: String = try row.get("text") else {
            self.init(level: level, message: nil)
            return
        }
        let numbers: String? = try row.get("alert_numbers")
        guard let sentence = AlertText(text: text, numbers: numbers).sentence else {
            throw .database("The numbers of an alert do not fit its text.")
        }
        self.init(level: level, message: sentence)
    }
}

extension AlertLevel: SQLConvertible {
    /// Never to be changed.
    var sqlValue: SQLValue {
        switch self {
        case .normal: .integer(0)
        case .idle: .integer(1)
        case .medium: .integer(2)
        case .high: .integer(3)
        case .critical: .integer(4)
        case .error: .integer(5)
        }
    }

    init?(sqlValue: SQLValue) {
        guard let level = Self.allCases.first(where: { $0.sqlValue == sqlValue }) else { return nil }
        self = level
    }
}

extension SQLSession {
    /// Adds a snapshot. A second one of the same partner and millisecond is the same reading, and is not kept.
    func insert(_ snapshot: Snapshot, key: Int64) throws(StoreError) {
        let metrics = snapshot.metrics
        let alert = snapshot.judgement.message.map { AlertText($0) }
        try execute(
            """
            INSERT INTO snapshots (partner, time, campaigns_today, running_campaigns, active_calls, queued_calls,
                completed_calls_today, voicemail_count, customer_ended_count, remaining_calls, concurrency_limit,
                fetch_ms, alert_level, alert_text, alert_numbers)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (partner, time) DO NOTHING
            """,
            key, snapshot.time, metrics.campaignsToday, metrics.runningCampaigns, metrics.activeCalls,
            metrics.queuedCalls, metrics.completedCallsToday, metrics.voicemailCount, metrics.customerEndedCount,
            metrics.remainingCalls, metrics.concurrencyLimit, snapshot.fetchMilliseconds,
            snapshot.judgement.level, try alertTextKey(alert?.text), alert?.numbers)
    }

    /// The newest snapshot of each partner that has one, or of one partner.
    func latestSnapshots(of key: Int64? = nil) throws(StoreError) -> [PartnerID: Snapshot] {
        let found = try rows(Snapshot.selectLatest, of: key, by: "p.id")
        var snapshots: [PartnerID: Snapshot] = [:]
        for row in found {
            let snapshot = try Snapshot(row)
            snapshots[snapshot.partnerID] = snapshot
        }
        return snapshots
    }

    private func alertTextKey(_ text: String?) throws(StoreError) -> Int64? {
        guard let text else { return nil }
        if let known = try rows("SELECT id FROM alert_texts WHERE text = ?", text).first {
            return try known.get("id")
        }
        return try rows("INSERT INTO alert_texts (text) VALUES (?) RETURNING id", text)[0].get("id")
    }
}
