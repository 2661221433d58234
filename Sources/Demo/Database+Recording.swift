import Foundation
import GRDB

/// Putting what happened into the database.
extension Database {
    /// Writes each call once, as it stands after all of `events`.
    func record(_ events: [Event]) throws {
        var calls: [Int64: CallRow] = [:]
        for event in events {
            switch event {
            case .campaignStarted(let campaign): try insert(campaign)
            case .campaignEnded(let id):
                try run("UPDATE campaigns SET status = 'COMPLETED' WHERE id = ?", [id])
            case .queued(let call): calls[call.id] = CallRow(queued: call)
            case .began(let active): calls[active.call.id] = CallRow(began: active, isNew: calls[active.call.id]?.isNew)
            case .ended(let active): calls[active.call.id] = CallRow(ended: active, isNew: calls[active.call.id]?.isNew)
            }
        }
        for (_, row) in calls.sorted(by: { $0.key < $1.key }) {
            try write(row)
        }
    }

    /// A few rows at a time, so that no move is slow: calls and submittals that changed last before `moment`,
    /// and campaigns that ended and have none left.
    func removeSomeOlder(than moment: Date) throws {
        let seconds = Int64(moment.timeIntervalSince1970)
        try run(
            """
            DELETE FROM calls WHERE id IN (
                SELECT id FROM calls WHERE updatedAt < datetime(?, 'unixepoch')
                AND status NOT IN ('QUEUED', 'INPROGRESS') LIMIT 100)
            """, [seconds])
        try run(
            """
            DELETE FROM ats_submittals WHERE id IN (
                SELECT id FROM ats_submittals WHERE createdAt < datetime(?, 'unixepoch') LIMIT 100)
            """, [seconds])
        let ended = try Int64.fetchOne(
            self,
            sql: """
                SELECT id FROM campaigns WHERE status = 'COMPLETED' AND createdAt < datetime(?, 'unixepoch')
                AND NOT EXISTS (SELECT 1 FROM calls WHERE campaignId = campaigns.id) LIMIT 1
                """,
            arguments: [seconds])
        guard let ended else { return }
        try run("DELETE FROM contacts WHERE id IN (SELECT B FROM _campaigntocontact WHERE A = ?)", [ended])
        try run("DELETE FROM _campaigntocontact WHERE A = ?", [ended])
        try run("DELETE FROM campaigns WHERE id = ?", [ended])
    }

    private func insert(_ campaign: Platform.Campaign) throws {
        try run(
            "INSERT INTO campaigns VALUES (?, ?, 'RUNNING', 0, datetime(?, 'unixepoch'))",
            [campaign.id, campaign.name, Int64(campaign.startedAt.timeIntervalSince1970)])
        let range = "WITH RECURSIVE n(id) AS (SELECT ? UNION ALL SELECT id + 1 FROM n WHERE id + 1 < ?)"
        let bounds: StatementArguments = [campaign.contacts.lowerBound, campaign.contacts.upperBound]
        // 555-0100 to 555-0199 are the numbers that belong to nobody.
        try run(
            "INSERT INTO contacts \(range) SELECT id, 'Candidate', id, printf('+1 212 555 01%02d', id % 100) FROM n",
            bounds)
        try run("INSERT INTO _campaigntocontact \(range) SELECT \(campaign.id), id FROM n", bounds)
    }

    private func write(_ row: CallRow) throws {
        let updated = Int64(row.updatedAt.timeIntervalSince1970)
        if row.isNew {
            try run(
                """
                INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, datetime(?, 'unixepoch'), datetime(?, 'unixepoch'))
                """,
                [
                    row.call.id, row.status, row.reason, row.call.contactID, row.call.campaignID, row.seconds,
                    Int64(row.call.queuedAt.timeIntervalSince1970), updated,
                ])
        } else {
            try run(
                """
                UPDATE calls SET status = ?, endReason = ?, duration = ?, updatedAt = datetime(?, 'unixepoch')
                WHERE id = ?
                """,
                [row.status, row.reason, row.seconds, updated, row.call.id])
        }
        if let status = row.submittal {
            try run(
                "INSERT INTO ats_submittals (status, createdAt) VALUES (?, datetime(?, 'unixepoch'))",
                [status, updated])
        }
    }

    private func run(_ sql: String, _ arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

/// A call as its row shows it.
private struct CallRow {
    let call: Platform.Call
    let isNew: Bool
    let status: String
    var reason: String?
    var seconds = 0
    let updatedAt: Date
    /// The state of the application that followed the call, if one did.
    var submittal: String?

    init(queued call: Platform.Call) {
        self.call = call
        isNew = true
        status = "QUEUED"
        updatedAt = call.queuedAt
    }

    init(began active: Platform.ActiveCall, isNew: Bool?) {
        call = active.call
        self.isNew = isNew ?? false
        status = "INPROGRESS"
        updatedAt = active.startedAt
    }

    init(ended active: Platform.ActiveCall, isNew: Bool?) {
        call = active.call
        self.isNew = isNew ?? false
        status = active.ending.status
        reason = active.ending.reason
        seconds = Int(active.endsAt.timeIntervalSince(active.startedAt))
        updatedAt = active.endsAt
        if active.ending.isConversation && call.id % 7 == 0 {
            let states = ["submitted", "submitted", "pending", "approved", "rejected"]
            submittal = states[Int(call.id / 7) % states.count]
        }
    }
}
