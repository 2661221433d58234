package import Domain
package import Foundation
package import Logging
package import Partners
package import ServiceLifecycle
package import Store

/// Why the engine refused a request of the outside.
package enum SyncError: Error, Sendable {
    case partnerNotFound
    /// A field or rule at fault: 422 or 400.
    case rejected(Rejection)
    case partnerNameTaken
    /// The store failed; the text is for the log.
    case store(StoreError)
    /// The caller's task was cancelled before its turn came, as when the server stops: 503.
    case interrupted
}

/// The heartbeat: who is due, visit, judge, record; and the only way from the outside to a partner.
///
/// Knows no driver and no HTTP. Everything that changes a partner goes through here, so that schedule,
/// warm connections and live picture never lag behind the store.
package final class SyncEngine: Service, Sendable {
    /// What the dashboard shows, always in memory.
    package let picture: LivePicture

    /// Loads partners, latest snapshots and settings.
    package init(
        store: AdminStore, gateway: any PartnerGateway, clock: any WallClock, logger: Logger
    ) async throws(StoreError) {
        fatalError("Sync helper")
    }

    /// Visits who is due until graceful shutdown, then ends within 2 s, visits in flight included.
    package func run() async throws {
        fatalError("Sync helper")
    }

    /// The settings in force.
    package var settings: Settings { fatalError("Sync helper") }

    /// Changes settings, all or nothing, and puts them in force at once.
    package func updateSettings(
        _ edit: @escaping @Sendable (inout Settings) throws(Rejection) -> Void
    ) async throws(SyncError) {
        fatalError("Sync helper")
    }

    /// Adds a partner; an active one is visited at once.
    package func create(_ patch: PartnerPatch, by username: String) async throws(SyncError) -> PartnerID {
        fatalError("Sync helper")
    }

    /// Edits a partner; limit and pause are pushed in the background.
    package func update(
        _ id: PartnerID, with patch: PartnerPatch, by username: String
    ) async throws(SyncError) {
        fatalError("Sync helper")
    }

    /// Ends a running visit, removes the partner and closes its connections.
    package func delete(_ id: PartnerID) async throws(SyncError) {
        fatalError("Sync helper")
    }

    /// Tests a stored partner, logs it, pins a first host key, and makes an active partner due afresh.
    package func test(_ id: PartnerID) async throws(SyncError) -> ConnectionReport {
        fatalError("Sync helper")
    }

    /// Tests what is not saved yet: a body merged into partner `stored` if given, else a new partner; logs nothing.
    package func test(_ patch: PartnerPatch, basedOn stored: PartnerID?) async throws(SyncError) -> ConnectionReport {
        fatalError("Sync helper")
    }

    /// Asks for a visit at once, answers before it ends, and returns the partner's name. Any number of requests: one visit.
    package func forceSync(_ id: PartnerID) async throws(SyncError) -> String {
        fatalError("Sync helper")
    }

    /// Force-syncs every active partner and returns how many they are.
    package func refreshAll() async -> Int {
        fatalError("Sync helper")
    }
}
