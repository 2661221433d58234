import Domain
import Foundation
import Synchronization

/// Who may come in: users and revoked tokens in memory, so that no request asks the database for it.
///
/// Whoever changes either writes to the store first and tells this after.
final class Accounts: Sendable {
    private struct State {
        var users: [String: User]
        /// Ids are never used twice: whoever was removed does not come back with an answer that was under way.
        var removed: Set<String> = []
        var revoked: [String: Date]
    }

    private let state: Mutex<State>

    init(users: [User], revokedTokens: [String: Date]) {
        let known = Dictionary(users.map { ($0.id, $0) }) { _, last in last }
        state = Mutex(State(users: known, revoked: revokedTokens))
    }

    /// Takes over a user as the store has it. What was read before something newer was told is ignored.
    func update(_ user: User) {
        state.withLock { state in
            if state.removed.contains(user.id) { return }
            if let known = state.users[user.id], known.revision > user.revision { return }
            state.users[user.id] = user
        }
    }

    /// Refuses this user's tokens for ever.
    func remove(_ userID: String) {
        state.withLock { state in
            state.users[userID] = nil
            state.removed.insert(userID)
        }
    }

    /// Refuses this token from now on.
    func revoke(_ tokenID: String, until expiry: Date, now: Date) {
        state.withLock { state in
            state.revoked = state.revoked.filter { $0.value > now }
            state.revoked[tokenID] = expiry
        }
    }

    /// The user whom a token stands for; `nil` if the token, all tokens of its generation, or the user no longer count.
    func user(of token: AccessToken) -> User? {
        state.withLock { state in
            guard state.revoked[token.jti] == nil, let user = state.users[token.sub], user.isActive,
                token.generation == user.generation || token.jti == user.keptTokenID
            else { return nil }
            return user
        }
    }
}
