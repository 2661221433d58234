import Domain
import Foundation
import Hummingbird
import Sync

/// The live picture, whose answers are already encoded.
struct DashboardRoutes: Sendable {
    let engine: SyncEngine

    func overview(_ call: Call) throws -> Response {
        try .polled(engine.picture.overview(), for: call)
    }

    func partners(_ call: Call) throws -> Response {
        try .polled(engine.picture.partners(), for: call)
    }

    func refresh(_ call: Call) async -> Response {
        .message("Dashboard refresh initiated for \(await engine.refreshAll()) partners")
    }
}
