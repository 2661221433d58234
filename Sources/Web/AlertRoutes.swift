import Domain
import Foundation
import Hummingbird
import Store
import Sync

/// What is wrong now, what was, and for how long an operator does not want to hear of it.
struct AlertRoutes: Sendable {
    let engine: SyncEngine
    let store: AdminStore

    /// The open alerts are in memory, worst first; those that are over come from the store, the newest end first.
    func list(_ call: Call) async throws -> Response {
        let limit = try call.query("limit", in: 1...1000, default: 100)
        let isOver = try call.query("resolved", default: false)
        let alerts = isOver ? try await store.resolvedAlerts(limit: limit) : engine.picture.openAlerts()
        return try .polled(for: call) { json in
            json.array { json in
                for alert in alerts.prefix(limit) { alert.write(to: &json) }
            }
        }
    }

    func summary(_ call: Call) throws -> Response {
        let summary = engine.picture.alertSummary()
        return try .polled(for: call) { json in
            json.object { json in
                json.member("critical", summary.critical)
                json.member("high", summary.high)
                json.member("medium", summary.medium)
                json.member("offline", summary.offline)
            }
        }
    }

    func dismiss(_ call: Call, _ session: Session) async throws -> Response {
        let hours = try call.query("hours", in: 1...720, default: 24)
        let id = call.parameters["alert_id"] ?? ""
        try await engine.dismissAlert(id, hours: hours, by: session.user.username)
        return .message("Alert dismissed for \(hours) \(hours == 1 ? "hour" : "hours")")
    }
}
