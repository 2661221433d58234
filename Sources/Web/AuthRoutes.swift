import Domain
import Foundation
import Hummingbird
import Store
import Sync

/// Signing in and out, and the own password.
struct AuthRoutes: Sendable {
    let store: AdminStore
    let hasher: PasswordHasher
    let authenticator: Authenticator
    let throttle: LoginThrottle
    let clock: any WallClock
    let isDemo: Bool

    /// Answers 401 alike, and in the same time, for a wrong password, an unknown and a deactivated user.
    func login(_ call: Call) async throws -> Response {
        let (username, password) = try LoginBody.read(call.json())
        try throttle.check(username, from: call.client)
        let stored = try await store.user(named: username)
        let candidate = stored.flatMap { $0.user.isActive ? $0 : nil }
        let isRight = try await hasher.verify(password, against: candidate?.passwordHash)
        try throttle.check(username, from: call.client)
        guard isRight, let user = candidate?.user else {
            try throttle.noteRefusal(username, from: call.client)
            throw HTTPProblem.unauthorized("Invalid credentials")
        }
        throttle.succeeded(username, from: call.client)
        // Whoever was removed while the password was checked is like one who never was.
        guard try await store.recordLogin(of: user.id, at: clock.now) else {
            throw HTTPProblem.unauthorized("Invalid credentials")
        }
        let token = try await authenticator.issue(for: user)
        return .json { json in
            json.member("access_token", token)
            json.member("token_type", "bearer")
            json.key("user")
            json.object { $0.identity(of: user) }
        }
    }

    func logout(_ call: Call, _ session: Session) async throws -> Response {
        try await store.revoke(tokenID: session.tokenID, expiresAt: session.expiresAt)
        authenticator.accounts.revoke(session.tokenID, until: session.expiresAt, now: clock.now)
        return .message("Logged out successfully")
    }

    /// Every other token of the user dies; the one that asks lives on, also after a restart.
    func changePassword(_ call: Call, _ session: Session) async throws -> Response {
        let (current, new) = try ChangePasswordBody.read(call.json(), username: session.user.username)
        guard let stored = try await store.user(id: session.user.id) else {
            throw HTTPProblem.unauthorized("The user no longer exists")
        }
        // Whoever has got hold of a token may guess no more than whoever has none.
        let username = session.user.username
        try throttle.check(username, from: call.client)
        guard try await hasher.verify(current, against: stored.passwordHash) else {
            try throttle.noteRefusal(username, from: call.client)
            throw HTTPProblem(.badRequest, "Current password is incorrect")
        }
        throttle.succeeded(username, from: call.client)
        let hash = try await hasher.hash(new)
        let user = try await store.setPassword(
            of: session.user.id, hash: hash, replacing: stored.passwordHash, keeping: session.tokenID,
            of: session.user.generation)
        authenticator.accounts.update(user)
        return .message("Password changed successfully")
    }

    func me(_ call: Call, _ session: Session) -> Response {
        .json { json in
            json.identity(of: session.user)
            if isDemo { json.member("demo", true) }
        }
    }
}
