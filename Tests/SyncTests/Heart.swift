import Domain
import Foundation
import Logging
import Store
import Sync
import TestSupport

/// An engine on a real store, scripted partners and time that moves only when told to.
struct Heart: Sendable {
    /// Gone with its last holder.
    let directory: TemporaryDirectory
    let clock: SteppedClock
    let day: SteppedDay
    let gateway: ScriptedGateway
    let store: AdminStore
    let engine: SyncEngine

    /// Runs an engine while `body` does.
    ///
    /// `prepare` fills the store before the engine reads it.
    static func beat(
        in directory: TemporaryDirectory? = nil, keepsWarm: Bool = true,
        prepare: (AdminStore, Date) async throws -> Void = { _, _ in },
        _ body: (Heart) async throws -> Void
    ) async throws {
        let heart = try await Heart(in: directory ?? TemporaryDirectory(), keepsWarm: keepsWarm, prepare)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await heart.engine.run() }
            do { try await body(heart) } catch {
                tasks.cancelAll()
                throw error
            }
            tasks.cancelAll()
        }
        await heart.store.close()
    }

    init(
        in directory: TemporaryDirectory, keepsWarm: Bool = true,
        _ prepare: (AdminStore, Date) async throws -> Void = { _, _ in }
    ) async throws {
        self.directory = directory
        clock = SteppedClock()
        day = SteppedDay(clock)
        gateway = ScriptedGateway(clock, keepsWarm: keepsWarm)
        let key = Secret("a key for tests, of more than thirty-two bytes")
        store = try await AdminStore.open(directory: directory.url, encryptionKey: key)
        try await prepare(store, day.now)
        engine = try await SyncEngine(
            store: store, gateway: gateway, clock: day, waitingClock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func standing(_ id: PartnerID) throws -> PartnerStanding {
        guard let standing = engine.picture.standing(of: id) else { throw SyncError.partnerNotFound }
        return standing
    }

    /// Waits until the partner stands as described, and returns how.
    @discardableResult
    func awaits(
        _ id: PartnerID, _ what: String = "the partner's standing", _ isMet: @Sendable (PartnerStanding) -> Bool
    ) async throws -> PartnerStanding {
        try await eventually(what) { engine.picture.standing(of: id).flatMap { isMet($0) ? $0 : nil } }
    }

    /// Waits until no visit of this partner runs and none is due.
    @discardableResult
    func settled(_ id: PartnerID) async throws -> PartnerStanding {
        try await awaits(id, "rest") { [day] standing in
            standing.sync.status != .inProgress && standing.sync.nextSyncAt.map { $0 > day.now } ?? true
        }
    }
}

extension PartnerDraft {
    /// A partner reached directly, or through `bastion`.
    static func sample(
        _ name: String, bastion: String? = nil, limit: Int = 10, isActive: Bool = true
    ) -> PartnerDraft {
        let database = DatabaseEndpoint(kind: .mysql, host: "db", port: 3306, name: "calls", username: "reader")
        let ssh = SSHEndpoint(
            isEnabled: bastion != nil, host: bastion ?? "", username: bastion == nil ? "" : "hopper",
            authMethod: bastion == nil ? nil : .password)
        return PartnerDraft(
            configuration: PartnerConfiguration(
                name: name, tenantID: 7, database: database, ssh: ssh, concurrencyLimit: limit, isActive: isActive),
            secrets: PartnerSecrets(
                databasePassword: Secret("p"), ssh: bastion == nil ? nil : .password(Secret("s"))))
    }
}

extension AdminStore {
    @discardableResult
    func add(
        _ name: String, bastion: String? = nil, limit: Int = 10, isActive: Bool = true, due: Date?, at now: Date
    ) async throws -> PartnerID {
        let id = PartnerID("partner-\(name)")
        _ = try await create(
            .sample(name, bastion: bastion, limit: limit, isActive: isActive), id: id, due: due, at: now)
        return id
    }
}

extension PartnerID {
    /// The id of a partner added by name.
    static func named(_ name: String) -> PartnerID { PartnerID("partner-\(name)") }
}
