import Domain
import Hummingbird
import Store
import Sync

/// A partner's limit and pause: changed here and at the partner, and what was changed when.
struct ConcurrencyRoutes: Sendable {
    let engine: SyncEngine
    let store: AdminStore

    func setLimit(_ call: Call, _ session: Session) async throws -> Response {
        let id = try existing(call)
        let body = try ConcurrencyBody(call.json())
        let fate = try await change(call, id, .concurrencyLimit(body.limit), by: session.user, reason: body.reason)
        return .json { $0.members(of: fate, "Concurrency updated") }
    }

    func setPause(_ call: Call, _ session: Session) async throws -> Response {
        let id = try existing(call)
        let isEnabled = try PauseBody(call.json()).isEnabled
        let fate = try await change(call, id, .pauseNonPriorityCampaigns(isEnabled), by: session.user)
        return .json { $0.members(of: fate, "pauseNonPriorityCampaigns \(isEnabled ? "enabled" : "disabled")") }
    }

    func history(_ call: Call) async throws -> Response {
        let id = try existing(call)
        let changes = try await store.changes(of: id, limit: try call.query("limit", in: 1...1000, default: 20))
        return try .polled(for: call) { json in
            json.array { json in
                for change in changes {
                    json.object { $0.members(of: change) }
                }
            }
        }
    }

    /// Who leaves ends only the waiting: what was asked for is stored and pushed all the same.
    private func change(
        _ call: Call, _ id: PartnerID, _ change: SettingChange, by user: User, reason: String? = nil
    ) async throws -> ChangeFate {
        try await call.presence.whileClientStays {
            try await engine.change(id, to: change, by: user.username, reason: reason)
        }
    }

    private func existing(_ call: Call) throws -> PartnerID {
        guard engine.picture.standing(of: call.partnerID) != nil else { throw HTTPProblem.partnerNotFound }
        return call.partnerID
    }
}
