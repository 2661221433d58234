import GRDB

/// The schema of JobTalk's calling platform, as far as the console reads it. Times are UTC, without a zone.
extension Database {
    func createPlatform(_ profile: Profile) throws {
        try execute(
            sql: """
                CREATE TABLE campaigns (
                    id INTEGER PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL,
                    deleted INTEGER NOT NULL DEFAULT 0, createdAt TEXT NOT NULL);
                CREATE TABLE contacts (id INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT, phone TEXT);
                CREATE TABLE _campaigntocontact (A INTEGER NOT NULL, B INTEGER NOT NULL, PRIMARY KEY (A, B))
                    WITHOUT ROWID;
                CREATE TABLE calls (
                    id INTEGER PRIMARY KEY, status TEXT, endReason TEXT, contactId INTEGER, campaignId INTEGER,
                    duration INTEGER NOT NULL DEFAULT 0, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
                CREATE INDEX calls_status ON calls (status);
                CREATE INDEX calls_createdAt ON calls (createdAt);
                CREATE INDEX calls_updatedAt ON calls (updatedAt);
                CREATE INDEX calls_campaign ON calls (campaignId, contactId);
                CREATE TABLE ats_submittals (id INTEGER PRIMARY KEY, status TEXT NOT NULL, createdAt TEXT NOT NULL);
                CREATE INDEX ats_submittals_createdAt ON ats_submittals (createdAt);
                CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT);
                CREATE TABLE settings_auditlogs (userid INTEGER, oldvalue TEXT, newvalue TEXT, createdat TEXT);
                INSERT INTO settings VALUES ('pauseNonPriorityCampaigns', 'false'), ('pauseAllCampaigns', 'false');
                """)
        try execute(sql: "INSERT INTO settings VALUES ('callConcurrency', ?)", arguments: ["\(profile.limit)"])
    }
}
