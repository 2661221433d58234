import Domain
import Foundation
import TestSupport

/// A partner's database behind a bastion, real both, with the rows that it holds.
struct Scene: Sendable {
    let database: MariaDBServer
    let bastion: SSHServer
    let account: MariaDBServer.Account
    let rows: PartnerRows

    /// A database of its own, on the shared servers unless others are given.
    static func make(
        seed: UInt64 = 1, database: MariaDBServer? = nil, bastion: SSHServer? = nil
    ) async throws -> Scene {
        let rows = PartnerRows.generated(seed: seed, around: try today())
        let home = if let database { database } else { try await MariaDBServer.shared() }
        let door = if let bastion { bastion } else { try await SSHServer.shared() }
        return Scene(database: home, bastion: door, account: try await home.makePartner(rows: rows), rows: rows)
    }

    /// The present day in New York, by the calendar of the system's own `date`, not by ours.
    static func today() throws -> Range<Date> {
        guard let zone = TimeZone(identifier: "America/New_York") else { throw Unexpected("no time zones here") }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        guard let day = calendar.dateInterval(of: .day, for: Date()) else { throw Unexpected("no day") }
        return day.start..<day.end
    }

    /// The body that creates this partner, reached directly.
    func direct(_ name: String) -> JSON {
        [
            "partnerName": .string(name), "dbHost": "127.0.0.1", "dbPort": JSON(database.port),
            "dbName": .string(account.database), "dbUsername": .string(account.username),
            "dbPassword": .string(account.password),
        ]
    }

    /// The body that creates this partner behind its bastion, with a password unless `login` says otherwise.
    func tunneled(_ name: String, login: JSON? = nil) -> JSON {
        let ssh: JSON = [
            "enabled": true, "host": "127.0.0.1", "port": JSON(bastion.port), "username": .string(bastion.username),
        ]
        return direct(name).merging(["sshConfig": ssh.merging(login ?? ["password": .string(bastion.password)])])
    }

    /// Whether metrics in the API's form are those of the rows.
    func matches(_ metrics: JSON, limitOnFile: Int = 10) throws -> Bool {
        let expected = rows.expectedMetrics(today: try Self.today(), limitOnFile: limitOnFile)
        let numbers: [String: Int] = [
            "campaignsToday": expected.campaignsToday, "runningCampaigns": expected.runningCampaigns,
            "activeCalls": expected.activeCalls, "queuedCalls": expected.queuedCalls,
            "completedCallsToday": expected.completedCallsToday, "voicemailCount": expected.voicemailCount,
            "customerEndedCount": expected.customerEndedCount, "remainingCalls": expected.remainingCalls,
            "concurrencyLimit": expected.concurrencyLimit,
        ]
        return numbers.allSatisfy { metrics[$0.key].int == $0.value }
    }
}
