import Domain
import Foundation
import Hummingbird
import Store
import Sync

/// Partners: what they are, how they stand, and what an operator may do with them.
struct PartnerRoutes: Sendable {
    let engine: SyncEngine
    let store: AdminStore

    func list(_ call: Call) throws -> Response {
        try .polled(for: call) { json in
            json.array { json in
                for standing in engine.picture.standings() {
                    json.object { $0.partner(standing) }
                }
            }
        }
    }

    func show(_ call: Call) throws -> Response {
        let standing = try standing(call)
        return try .polled(for: call) { json in
            json.object { json in
                json.partner(standing)
                json.member("dbTlsCa", standing.partner.configuration.database.tlsCA)
            }
        }
    }

    func create(_ call: Call, _ session: Session) async throws -> Response {
        let body = PartnerBody(try call.json())
        let id = try await engine.create(body.patch, besides: body.faults, by: session.user.username)
        return .json { json in
            json.member("message", "Partner created successfully")
            json.member("id", id.rawValue)
        }
    }

    func update(_ call: Call, _ session: Session) async throws -> Response {
        let stored = try standing(call).partner
        let body = PartnerBody(try call.json(), storedKind: stored.configuration.database.kind)
        try await engine.update(stored.id, with: body.patch, besides: body.faults, by: session.user.username)
        return .message("Partner updated successfully")
    }

    func delete(_ call: Call) async throws -> Response {
        try await engine.delete(call.partnerID)
        return .message("Partner deleted successfully")
    }

    func test(_ call: Call) async throws -> Response {
        let report = try await engine.test(call.partnerID)
        return .json { $0.members(of: report) }
    }

    /// Tests what is not saved yet; `id` names the partner whose stored values and secrets fill the gaps.
    func testUnsaved(_ call: Call) async throws -> Response {
        let fields = try call.json()
        let stored = try PartnerBody.basis(fields).map(existing)
        let body = PartnerBody(fields, storedKind: stored?.configuration.database.kind)
        let report = try await engine.test(body.patch, besides: body.faults, basedOn: stored?.id)
        return .json { $0.members(of: report) }
    }

    func forceSync(_ call: Call) async throws -> Response {
        .message("Force sync initiated for \(try await engine.forceSync(call.partnerID))")
    }

    func metrics(_ call: Call) throws -> Response {
        let standing = try standing(call)
        guard let snapshot = standing.snapshot else {
            throw HTTPProblem(.notFound, "No metrics available yet for \(standing.partner.configuration.name)")
        }
        return try .polled(for: call) { json in
            json.object { $0.metrics(snapshot, of: standing) }
        }
    }

    func logs(_ call: Call) async throws -> Response {
        let partner = try standing(call).partner
        let limit = try call.query("limit", in: 1...1000, default: 50)
        let logs = try await store.connectionLogs(of: partner.id, limit: limit)
        return try .polled(for: call) { json in
            json.array { json in
                for log in logs {
                    json.object { $0.members(of: log) }
                }
            }
        }
    }

    func clearLogs(_ call: Call) async throws -> Response {
        let count = try await store.clearConnectionLogs(of: try standing(call).partner.id)
        return .message("Deleted \(count) connection logs")
    }

    private func standing(_ call: Call) throws -> PartnerStanding {
        guard let standing = engine.picture.standing(of: call.partnerID) else { throw HTTPProblem.partnerNotFound }
        return standing
    }

    private func existing(_ id: PartnerID) throws -> Partner {
        guard let standing = engine.picture.standing(of: id) else { throw HTTPProblem.partnerNotFound }
        return standing.partner
    }
}
