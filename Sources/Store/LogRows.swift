import Domain

extension ConnectionLog {
    init(_ row: SQLRow, of partner: PartnerID) throws(StoreError) {
        self.init(
            id: try row.get("public_id"), partnerID: partner, operation: try row.get("operation"),
            status: try row.get("status"), time: try row.get("time"),
            responseMilliseconds: try row.get("response_ms"), errorMessage: try row.get("error"))
    }
}

extension SQLSession {
    /// Adds a line and removes what is beyond the newest 1 000.
    func insert(_ entry: ConnectionLog, key: Int64) throws(StoreError) {
        try execute(
            """
            INSERT INTO connection_logs (public_id, partner, operation, status, time, response_ms, error)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            entry.id, key, entry.operation, entry.status, entry.time, entry.responseMilliseconds, entry.errorMessage)
        try execute(
            """
            DELETE FROM connection_logs WHERE id IN
                (SELECT id FROM connection_logs WHERE partner = ? ORDER BY time DESC, id DESC LIMIT 1000 OFFSET 1000)
            """, key)
    }

    /// The newest lines first, at most `limit`.
    func connectionLogs(of id: PartnerID, limit: Int) throws(StoreError) -> [ConnectionLog] {
        let found = try rows(
            """
            SELECT l.* FROM connection_logs l JOIN partners p ON p.id = l.partner WHERE p.public_id = ?
            ORDER BY l.time DESC, l.id DESC LIMIT ?
            """, id, limit)
        var logs: [ConnectionLog] = []
        for row in found {
            logs.append(try ConnectionLog(row, of: id))
        }
        return logs
    }
}
