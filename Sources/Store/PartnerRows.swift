import Domain
import Foundation

/// A partner as it is stored: its integer key, the configuration and where it stands.
struct PartnerRow: Sendable {
    let key: Int64
    var partner: Partner
    var sync: SyncState
}

extension PartnerRow {
    /// The rest of the statement is a condition on `p`, or nothing.
    static let select = """
        SELECT p.*, s.status, s.last_sync_at, s.last_error, s.failures, s.last_failure, s.next_sync_at
        FROM partners p JOIN sync_states s ON s.partner = p.id
        """

    init(_ row: SQLRow) throws(StoreError) {
        key = try row.get("id")
        partner = Partner(
            id: try row.get("public_id"), configuration: try PartnerConfiguration(row),
            revision: try row.get("revision"), createdAt: try row.get("created_at"),
            updatedAt: try row.get("updated_at"))
        sync = SyncState(
            status: try row.get("status"), lastSyncAt: try row.get("last_sync_at"),
            lastErrorMessage: try row.get("last_error"), consecutiveFailures: try row.get("failures"),
            lastFailure: try row.get("last_failure"), nextSyncAt: try row.get("next_sync_at"))
    }
}

extension PartnerConfiguration {
    fileprivate init(_ row: SQLRow) throws(StoreError) {
        self.init(
            name: try row.get("name"), tenantID: try row.get("tenant_id"), database: try DatabaseEndpoint(row),
            ssh: try SSHEndpoint(row), concurrencyLimit: try row.get("concurrency_limit"),
            pauseNonPriorityCampaigns: try row.get("pause_non_priority"), isActive: try row.get("is_active"))
    }

    /// The columns that `SQLSession.store` writes, in the order of `values`.
    fileprivate static let columns = [
        "name", "name_key", "tenant_id", "db_kind", "db_host", "db_port", "db_name", "db_username", "tls_mode",
        "tls_ca", "ssh_enabled", "ssh_host", "ssh_port", "ssh_username", "ssh_host_key", "ssh_auth_method",
        "concurrency_limit", "pause_non_priority", "is_active",
    ]

    fileprivate var values: [SQLValue] {
        let all: [any SQLConvertible] = [
            name, name.caseFolded, tenantID, database.kind, database.host, database.port, database.name,
            database.username, database.tlsMode, database.tlsCA, ssh.isEnabled, ssh.host, ssh.port, ssh.username,
            ssh.hostKey, ssh.authMethod, concurrencyLimit, pauseNonPriorityCampaigns, isActive,
        ]
        return all.map(\.sqlValue)
    }
}

extension DatabaseEndpoint {
    fileprivate init(_ row: SQLRow) throws(StoreError) {
        self.init(
            kind: try row.get("db_kind"), host: try row.get("db_host"), port: try row.get("db_port"),
            name: try row.get("db_name"), username: try row.get("db_username"), tlsMode: try row.get("tls_mode"),
            tlsCA: try row.get("tls_ca"))
    }
}

extension SSHEndpoint {
    fileprivate init(_ row: SQLRow) throws(StoreError) {
        self.init(
            isEnabled: try row.get("ssh_enabled"), host: try row.get("ssh_host"), port: try row.get("ssh_port"),
            username: try row.get("ssh_username"), hostKey: try row.get("ssh_host_key"),
            authMethod: try row.get("ssh_auth_method"))
    }
}

extension SQLSession {
    /// The partner with this id; `nil` if there is none.
    func partnerRow(_ id: PartnerID) throws(StoreError) -> PartnerRow? {
        guard let row = try rows("\(PartnerRow.select) WHERE p.public_id = ?", id).first else { return nil }
        return try PartnerRow(row)
    }

    /// All partners, or the one with this key.
    func partnerRows(of key: Int64? = nil) throws(StoreError) -> [PartnerRow] {
        var partners: [PartnerRow] = []
        for row in try rows("\(PartnerRow.select) WHERE 1 = 1", of: key, by: "p.id") {
            partners.append(try PartnerRow(row))
        }
        return partners
    }

    /// The partner with this id; throws `partnerNotFound`.
    func existingPartner(_ id: PartnerID) throws(StoreError) -> PartnerRow {
        guard let row = try partnerRow(id) else { throw .partnerNotFound }
        return row
    }

    /// Throws `partnerNameTaken` if another partner than `id` has this name.
    func requireFreeName(_ name: String, for id: PartnerID) throws(StoreError) {
        let others = try rows(
            "SELECT id FROM partners WHERE name_key = ? AND public_id <> ?", name.caseFolded, id)
        guard others.isEmpty else { throw .partnerNameTaken }
    }

    /// Adds a partner and returns its key.
    func insert(_ partner: Partner) throws(StoreError) -> Int64 {
        let columns = ["public_id", "revision", "created_at", "updated_at"] + PartnerConfiguration.columns
        let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        let head = [
            partner.id.sqlValue, partner.revision.sqlValue, partner.createdAt.sqlValue, partner.updatedAt.sqlValue,
        ]
        let inserted = try rows(
            "INSERT INTO partners (\(columns.joined(separator: ", "))) VALUES (\(marks)) RETURNING id",
            arguments: head + partner.configuration.values)
        return try inserted[0].get("id")
    }

    /// Stores a partner's configuration, revision and time of change.
    func store(_ partner: Partner, key: Int64) throws(StoreError) {
        let columns = ["revision", "updated_at"] + PartnerConfiguration.columns
        let assignments = columns.map { "\($0) = ?" }.joined(separator: ", ")
        try execute(
            "UPDATE partners SET \(assignments) WHERE id = ?",
            arguments: [partner.revision.sqlValue, partner.updatedAt.sqlValue]
                + partner.configuration.values + [key.sqlValue])
    }

    /// Stores where a partner stands.
    func store(_ sync: SyncState, key: Int64) throws(StoreError) {
        try execute(
            """
            INSERT INTO sync_states (partner, status, last_sync_at, last_error, failures, last_failure, next_sync_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (partner) DO UPDATE SET status = excluded.status, last_sync_at = excluded.last_sync_at,
                last_error = excluded.last_error, failures = excluded.failures,
                last_failure = excluded.last_failure, next_sync_at = excluded.next_sync_at
            """,
            key, sync.status, sync.lastSyncAt, sync.lastErrorMessage, sync.consecutiveFailures, sync.lastFailure,
            sync.nextSyncAt)
    }
}
