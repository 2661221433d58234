import Domain
import Foundation
import Hummingbird
import Store
import Sync

/// Who may sign in. All of it is for administrators, who may also remove or demote themselves as long as another is left.
struct UserRoutes: Sendable {
    let store: AdminStore
    let hasher: PasswordHasher
    let accounts: Accounts
    let clock: any WallClock

    func list(_ call: Call) async throws -> Response {
        let users = try await store.users()
        return try .polled(for: call) { json in
            json.array { json in
                for user in users {
                    json.object { $0.user(user) }
                }
            }
        }
    }

    func create(_ call: Call) async throws -> Response {
        let (user, password) = try UserBody(call.json()).newUser(at: clock.now)
        try await store.create(user, passwordHash: hasher.hash(password))
        accounts.update(user)
        return .json { json in
            json.member("message", "User created successfully")
            json.member("id", user.id)
        }
    }

    /// Whoever may do less than before, or got a new password, is signed out everywhere at once.
    func update(_ call: Call) async throws -> Response {
        let stored = try await existing(call)
        let (patch, password) = try UserBody(call.json(), editing: stored).edit()
        var hash: String?
        if let password { hash = try await hasher.hash(password) }
        accounts.update(try await store.update(stored.id, with: patch, passwordHash: hash))
        return .message("User updated successfully")
    }

    func delete(_ call: Call) async throws -> Response {
        let id = try await existing(call).id
        try await store.deleteUser(id)
        accounts.remove(id)
        return .message("User deleted successfully")
    }

    private func existing(_ call: Call) async throws -> User {
        guard let stored = try await store.user(id: call.parameters["user_id"] ?? "") else {
            throw StoreError.userNotFound
        }
        return stored.user
    }
}
