import Domain
import Foundation
import TestSupport

@testable import Store

/// A store in a directory of its own.
struct TestStore {
    static let key = Secret("a key for tests, of more than thirty-two bytes")

    let directory: TemporaryDirectory
    let store: AdminStore

    init(in directory: TemporaryDirectory? = nil, key: Secret = TestStore.key) async throws {
        self.directory = try directory ?? TemporaryDirectory()
        store = try await AdminStore.open(directory: self.directory.url, encryptionKey: key)
    }

    /// The same directory after an orderly end.
    func reopened() async throws -> TestStore {
        await store.close()
        return try await TestStore(in: directory)
    }

    /// A store in what `kill -9` at this moment would leave behind.
    func killed() async throws -> TestStore {
        let remains = try TemporaryDirectory()
        for file in try files() where !file.lastPathComponent.hasSuffix("-shm") {
            let copy = remains.url.appending(path: file.lastPathComponent)
            try FileManager.default.copyItem(at: file, to: copy)
        }
        return try await TestStore(in: remains)
    }

    /// The database's files as they are on disk now.
    func files() throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: directory.url, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("jobtalk.sqlite") }
    }

    /// Rows past the store's own methods, for what they do not show.
    func rows(_ sql: String, _ arguments: any SQLConvertible & Sendable...) async throws -> [SQLRow] {
        let values = arguments.map(\.sqlValue)
        return try await store.database.read { (session) throws(StoreError) in
            try session.rows(sql, arguments: values)
        }
    }

    /// How many rows a table has.
    func count(_ table: String) async throws -> Int {
        try await rows("SELECT COUNT(*) AS n FROM \(table)")[0].get("n")
    }

    /// Changes the database past the store's own methods, as an intruder would.
    func execute(_ sql: String, _ arguments: any SQLConvertible & Sendable...) async throws {
        let values = arguments.map(\.sqlValue)
        _ = try await store.database.transaction { (session) throws(StoreError) in
            try session.execute(sql, arguments: values)
        }
    }
}

/// 2025-01-01 00:00 UTC and `seconds`.
func moment(_ seconds: Int = 0) -> Date {
    Date(timeIntervalSince1970: Double(1_735_689_600 + seconds))
}

/// A partner behind a bastion, with every field set.
func draft(
    _ name: String = "Acme", limit: Int = 10, isActive: Bool = true,
    secrets: PartnerSecrets = PartnerSecrets(
        databasePassword: Secret("planted-database-password"),
        ssh: .privateKey(Secret("planted-private-key"), passphrase: Secret("planted-passphrase")))
) -> PartnerDraft {
    let database = DatabaseEndpoint(
        kind: .mysql, host: "db.example.com", port: 3307, name: "calls", username: "reader", tlsMode: .verifyFull,
        tlsCA: "PEM")
    let ssh = SSHEndpoint(
        isEnabled: true, host: "bastion.example.com", port: 2222, username: "hopper", authMethod: secrets.ssh?.method)
    return PartnerDraft(
        configuration: PartnerConfiguration(
            name: name, tenantID: 7, database: database, ssh: ssh, concurrencyLimit: limit,
            pauseNonPriorityCampaigns: true, isActive: isActive),
        secrets: secrets)
}

func snapshot(
    of id: PartnerID, at time: Date = moment(), level: AlertLevel = .normal, message: String? = nil, calls: Int = 3
) -> Snapshot {
    Snapshot(
        partnerID: id,
        metrics: Metrics(
            campaignsToday: 1, runningCampaigns: 2, activeCalls: calls, queuedCalls: 4, completedCallsToday: 5,
            voicemailCount: 6, customerEndedCount: 7, remainingCalls: 8, concurrencyLimit: 9),
        judgement: Judgement(level: level, message: message), time: time, fetchMilliseconds: 42)
}

/// A successful visit that ended at `time`, due again two minutes later.
func success(
    _ id: PartnerID, revision: Int64 = 1, at time: Date = moment(), takenOver: [SettingChange] = [],
    snapshot reading: Snapshot? = nil
) -> VisitRecord {
    VisitRecord(
        partnerID: id, revision: revision, endedAt: time, elapsedMilliseconds: 42,
        nextSyncAt: time.addingTimeInterval(120),
        outcome: .success(reading ?? snapshot(of: id, at: time), takenOver: takenOver))
}

/// A failed visit that ended at `time`, due again ten seconds later.
func failure(
    _ id: PartnerID, revision: Int64 = 1, at time: Date = moment(), kind: VisitFailureKind = .database
) -> VisitRecord {
    VisitRecord(
        partnerID: id, revision: revision, endedAt: time, elapsedMilliseconds: 42,
        nextSyncAt: time.addingTimeInterval(10),
        outcome: .failure(
            VisitError(kind: kind, stage: .dbConnect, message: "Database connection failed: Connection refused"),
            operation: .sync))
}

extension AppliedChange {
    /// The partner had another value, or none.
    static let written = AppliedChange(previousValue: nil, wasInForce: false, isUnaudited: false)
    /// The partner had the value already.
    static let found = AppliedChange(previousValue: nil, wasInForce: true, isUnaudited: false)
}

extension AdminStore {
    /// Adds a partner with an id of its own.
    @discardableResult
    func add(_ draft: PartnerDraft, due: Date? = moment(), at now: Date = moment()) async throws -> PartnerRecord {
        try await create(draft, id: .random(), due: due, at: now)
    }
}
