/// The store's schema as the list of steps that lead to it.
///
/// Append only: a step that was ever released is never edited. The types are SQLite's and name one type each in
/// PostgreSQL too: `INTEGER PRIMARY KEY AUTOINCREMENT` (an identity: keys are never used twice), `INTEGER` (64 bits),
/// `TEXT`, `BLOB`; `STRICT` and `WITHOUT ROWID` after the closing parenthesis are SQLite's own.
enum Migrations {
    /// Brings the schema up to date, or to an older `version`. Throws `newerVersion` if it is ahead of us.
    static func run(in session: any SQLSession, upTo version: Int = .max) throws(StoreError) {
        try session.execute("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY) STRICT")
        let rows = try session.rows("SELECT COALESCE(MAX(number), 0) AS newest FROM migrations")
        let newest: Int = try rows[0].get("newest")
        guard newest <= all.count else { throw .newerVersion }
        for number in all.indices.prefix(version).dropFirst(newest) {
            for statement in all[number] {
                try session.execute(statement)
            }
            try session.execute("INSERT INTO migrations (number) VALUES (?)", number + 1)
        }
    }

    private static let all: [[String]] = [
        [
            partners, syncStates, secrets, alertTexts, snapshots, connectionLogs, connectionLogsByTime,
            settingChanges, settingChangesByTime, pendingChanges, users, revokedTokens, settings, keyVerifier,
        ],
        ["ALTER TABLE users ADD COLUMN revision INTEGER NOT NULL DEFAULT 1"],
        [alerts, openAlerts, alertsOfPartner, resolvedAlerts],
        [totals],
    ]

    /// `name_key` is the name without regard to case, see `caseFolded`.
    private static let partners = """
        CREATE TABLE partners (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            public_id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            name_key TEXT NOT NULL UNIQUE,
            tenant_id INTEGER NOT NULL,
            db_kind TEXT NOT NULL,
            db_host TEXT NOT NULL,
            db_port INTEGER NOT NULL,
            db_name TEXT NOT NULL,
            db_username TEXT NOT NULL,
            tls_mode TEXT NOT NULL,
            tls_ca TEXT,
            ssh_enabled INTEGER NOT NULL,
            ssh_host TEXT NOT NULL,
            ssh_port INTEGER NOT NULL,
            ssh_username TEXT NOT NULL,
            ssh_host_key TEXT,
            ssh_auth_method TEXT,
            concurrency_limit INTEGER NOT NULL,
            pause_non_priority INTEGER NOT NULL,
            is_active INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT
        """

    /// Apart from `partners`, so that a visit does not rewrite a long row.
    private static let syncStates = """
        CREATE TABLE sync_states (
            partner INTEGER PRIMARY KEY REFERENCES partners (id) ON DELETE CASCADE,
            status TEXT NOT NULL,
            last_sync_at INTEGER,
            last_error TEXT,
            failures INTEGER NOT NULL,
            last_failure TEXT,
            next_sync_at INTEGER
        ) STRICT
        """

    private static let secrets = """
        CREATE TABLE secrets (
            partner INTEGER NOT NULL REFERENCES partners (id) ON DELETE CASCADE,
            field TEXT NOT NULL,
            sealed BLOB NOT NULL,
            PRIMARY KEY (partner, field)
        ) STRICT, WITHOUT ROWID
        """

    /// One row a visit, millions of them: integers only, but for the numbers in an alert's sentence.
    private static let snapshots = """
        CREATE TABLE snapshots (
            partner INTEGER NOT NULL REFERENCES partners (id) ON DELETE CASCADE,
            time INTEGER NOT NULL,
            campaigns_today INTEGER NOT NULL,
            running_campaigns INTEGER NOT NULL,
            active_calls INTEGER NOT NULL,
            queued_calls INTEGER NOT NULL,
            completed_calls_today INTEGER NOT NULL,
            voicemail_count INTEGER NOT NULL,
            customer_ended_count INTEGER NOT NULL,
            remaining_calls INTEGER NOT NULL,
            concurrency_limit INTEGER NOT NULL,
            fetch_ms INTEGER NOT NULL,
            alert_level INTEGER NOT NULL,
            alert_text INTEGER REFERENCES alert_texts (id),
            alert_numbers TEXT,
            PRIMARY KEY (partner, time)
        ) STRICT, WITHOUT ROWID
        """

    /// Alert sentences without their numbers: a handful of rows.
    private static let alertTexts = """
        CREATE TABLE alert_texts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            text TEXT NOT NULL UNIQUE
        ) STRICT
        """

    private static let connectionLogs = """
        CREATE TABLE connection_logs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            public_id TEXT NOT NULL,
            partner INTEGER NOT NULL REFERENCES partners (id) ON DELETE CASCADE,
            operation TEXT NOT NULL,
            status TEXT NOT NULL,
            time INTEGER NOT NULL,
            response_ms INTEGER NOT NULL,
            error TEXT
        ) STRICT
        """

    private static let connectionLogsByTime =
        "CREATE INDEX connection_logs_by_time ON connection_logs (partner, time, id)"

    /// Every change of a limit or pause. The newest of a field may be pending: stored here, not confirmed there.
    private static let settingChanges = """
        CREATE TABLE setting_changes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            partner INTEGER NOT NULL REFERENCES partners (id) ON DELETE CASCADE,
            field TEXT NOT NULL,
            old_value TEXT NOT NULL,
            new_value TEXT NOT NULL,
            reason TEXT,
            changed_by TEXT NOT NULL,
            time INTEGER NOT NULL,
            synced_at INTEGER,
            sync_error TEXT,
            is_pending INTEGER NOT NULL
        ) STRICT
        """

    private static let settingChangesByTime =
        "CREATE INDEX setting_changes_by_time ON setting_changes (partner, time, id)"

    private static let pendingChanges =
        "CREATE UNIQUE INDEX pending_changes ON setting_changes (partner, field) WHERE is_pending = 1"

    private static let users = """
        CREATE TABLE users (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            public_id TEXT NOT NULL UNIQUE,
            username TEXT NOT NULL,
            username_key TEXT NOT NULL UNIQUE,
            email TEXT NOT NULL,
            role TEXT NOT NULL,
            is_active INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            kept_token_id TEXT,
            last_login INTEGER,
            created_at INTEGER NOT NULL,
            password_hash TEXT NOT NULL
        ) STRICT
        """

    private static let revokedTokens = """
        CREATE TABLE revoked_tokens (
            token_id TEXT PRIMARY KEY NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT
        """

    private static let settings = """
        CREATE TABLE settings (
            name TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL
        ) STRICT
        """

    /// What the overview said, once a minute: sums over all partners' snapshots would take seconds to make.
    /// `avg_utilization` in hundredths of a percent.
    private static let totals = """
        CREATE TABLE totals (
            time INTEGER PRIMARY KEY,
            campaigns_today INTEGER NOT NULL,
            running_campaigns INTEGER NOT NULL,
            active_calls INTEGER NOT NULL,
            queued_calls INTEGER NOT NULL,
            completed_calls_today INTEGER NOT NULL,
            remaining_calls INTEGER NOT NULL,
            avg_utilization INTEGER NOT NULL,
            concurrency_limit INTEGER NOT NULL,
            active_partners INTEGER NOT NULL,
            fresh_partners INTEGER NOT NULL
        ) STRICT
        """

    private static let keyVerifier = """
        CREATE TABLE key_verifier (
            id INTEGER PRIMARY KEY,
            sealed BLOB NOT NULL
        ) STRICT
        """

    /// `dismissed_level`: how bad it was when it was dismissed.
    private static let alerts = """
        CREATE TABLE alerts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            public_id TEXT NOT NULL UNIQUE,
            partner INTEGER NOT NULL REFERENCES partners (id) ON DELETE CASCADE,
            level INTEGER NOT NULL,
            message TEXT NOT NULL,
            opened_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL,
            resolved_at INTEGER,
            dismissed_until INTEGER,
            dismissed_by TEXT,
            dismissed_level INTEGER
        ) STRICT
        """

    private static let openAlerts = "CREATE UNIQUE INDEX open_alerts ON alerts (partner) WHERE resolved_at IS NULL"

    private static let alertsOfPartner = "CREATE INDEX alerts_of_partner ON alerts (partner, resolved_at, id)"

    private static let resolvedAlerts = "CREATE INDEX resolved_alerts ON alerts (resolved_at, id)"
}
