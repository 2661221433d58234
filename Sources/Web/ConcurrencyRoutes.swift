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
        let fate = try await engine.change(
            id, to: .concurrencyLimit(body.limit), by: session.user.username, reason: body.reason)
        return .json { $0.members(of: fate, "Concurrency updated") }
    }

    func setPause(_ call: Call, _ session: Session) async throws -> Response {
        let id = try existing(call)
        let isEnabled = try PauseBody(call.json()).isEnabled
        let fate = try await engine.change(
            id, to: .pauseNonPriorityCampaigns(isEnabled), by: session.user.username)
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

    private func existing(_ call: Call) throws -> PartnerID {
        guard engine.picture.standing(of: call.partnerID) != nil else { throw HTTPProblem.partnerNotFound }
        return call.partnerID
    }
}
