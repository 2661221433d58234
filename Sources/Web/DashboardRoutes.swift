import Domain
import Foundation
import Hummingbird
import Sync

/// The live picture, whose answers are already encoded.
struct DashboardRoutes: Sendable {
    let engine: SyncEngine

    func overview(_ call: Call) -> Response {
        .polled(engine.picture.overview())
    }

    func partners(_ call: Call) -> Response {
        .polled(engine.picture.partners())
    }

    func refresh(_ call: Call) async -> Response {
        .message("Dashboard refresh initiated for \(await engine.refreshAll()) partners")
    }
}
