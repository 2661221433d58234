import Foundation
import GRDB

/// Finding the platform again in its database, after a restart.
extension Database {
    /// What the platform's settings say now: whoever changed them, it obeys at its next move.
    func rules(_ profile: Profile) throws -> Platform.Rules {
        let rows = try Row.fetchAll(self, sql: "SELECT name, value FROM settings WHERE value IS NOT NULL")
        let settings = Dictionary(rows.map { ($0["name"] as String, $0["value"] as String) }) { first, _ in first }
        let limit = settings["callConcurrency"].flatMap { Int($0) } ?? 0
        return Platform.Rules(
            limit: limit >= 1 ? limit : profile.limit,
            pausesNonPriority: settings["pauseNonPriorityCampaigns"] == "true",
            pausesAll: settings["pauseAllCampaigns"] == "true")
    }

    /// The platform as it stood at its last move, or at `now` if it never moved.
    func platform(_ profile: Profile, at now: Date) throws -> Platform {
        let next = try nextIDs()
        let lastMove = try Int64.fetchOne(self, sql: "SELECT unixepoch(MAX(updatedAt)) FROM calls")
        var chance = Chance(seed: profile.seed ^ UInt64(next.call))
        return try Platform(
            profile, at: lastMove.map { Date(timeIntervalSince1970: Double($0)) } ?? now,
            seed: chance.next(), campaigns: campaigns(), queue: calls("QUEUED").map(\.call),
            active: calls("INPROGRESS").map { Platform.ActiveCall($0.call, startedAt: $0.since, &chance) }, next: next)
    }

    private func nextIDs() throws -> Platform.NextIDs {
        func next(_ table: String, _ column: String = "id") throws -> Int64 {
            try Int64.fetchOne(self, sql: "SELECT COALESCE(MAX(\(column)), 0) + 1 FROM \(table)") ?? 1
        }
        return try Platform.NextIDs(campaign: next("campaigns"), contact: next("contacts"), call: next("calls"))
    }

    /// Contacts are numbered in the order in which they are called, so that a range says who is left.
    private func campaigns() throws -> [Platform.Campaign] {
        let rows = try Row.fetchAll(
            self,
            sql: """
                SELECT id, name, unixepoch(createdAt) AS started,
                    (SELECT MIN(B) FROM _campaigntocontact WHERE A = c.id) AS first,
                    (SELECT MAX(B) + 1 FROM _campaigntocontact WHERE A = c.id) AS past,
                    (SELECT MAX(contactId) + 1 FROM calls WHERE campaignId = c.id) AS uncalled
                FROM campaigns c WHERE status = 'RUNNING' AND deleted = 0 ORDER BY id
                """)
        return rows.map { row in
            let past: Int64 = row["past"] ?? 0
            let first: Int64 = row["uncalled"] ?? row["first"] ?? 0
            return Platform.Campaign(
                id: row["id"], name: row["name"], startedAt: Date(timeIntervalSince1970: row["started"]),
                contacts: min(first, past)..<past)
        }
    }

    private func calls(_ status: String) throws -> [(call: Platform.Call, since: Date)] {
        let rows = try Row.fetchAll(
            self,
            sql: """
                SELECT id, campaignId, contactId, unixepoch(createdAt) AS created, unixepoch(updatedAt) AS updated
                FROM calls WHERE status = ? ORDER BY id
                """,
            arguments: [status])
        return rows.map { row in
            let call = Platform.Call(
                id: row["id"], campaignID: row["campaignId"], contactID: row["contactId"],
                queuedAt: Date(timeIntervalSince1970: row["created"]))
            return (call, Date(timeIntervalSince1970: row["updated"]))
        }
    }
}
