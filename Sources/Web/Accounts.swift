import Domain
import Foundation
import Synchronization

/// Who may come in: users and revoked tokens in memory, so that no request asks the database for it.
///
/// Whoever changes either writes to the store first and tells this after.
final class Accounts: Sendable {
    private struct State {
        var users: [String: User]
        var revoked: [String: Date]
    }

    private let state: Mutex<State>

    init(users: [User], revokedTokens: [String: Date]) {
        let known = Dictionary(users.map { ($0.id, $0) }) { _, last in last }
        state = Mutex(State(users: known, revoked: revokedTokens))
    }

    /// Takes over a user as the store has it. One that was read before a newer generation was told is ignored.
    func update(_ user: User) {
        state.withLock { state in
            if let known = state.users[user.id], known.generation > user.generation { return }
            state.users[user.id] = user
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
