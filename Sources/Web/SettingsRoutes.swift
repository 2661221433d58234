import Domain
import Foundation
import Hummingbird
import Sync

/// The settings that operators may change while the server runs.
struct SettingsRoutes: Sendable {
    let engine: SyncEngine

    func show(_ call: Call) throws -> Response {
        let settings = engine.settings
        return try .polled(for: call) { json in
            json.object { $0.settings(settings) }
        }
    }

    /// All or nothing, in force at once.
    func update(_ call: Call) async throws -> Response {
        let body = try SettingsBody(call.json())
        try await engine.updateSettings { body.apply(to: &$0) }
        return .message("Settings updated successfully")
    }
}
