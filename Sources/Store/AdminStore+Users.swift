package import Domain
package import Foundation

/// A user with the hash of the password, for checking a login.
package struct StoredUser: Sendable {
    package let user: User
    package let passwordHash: String

    package init(user: User, passwordHash: String) {
        self.user = user
        self.passwordHash = passwordHash
    }
}

extension AdminStore {
    /// All users by name.
    package func users() async throws(StoreError) -> [User] {
        let users = try await database.read { (session) throws(StoreError) in
            var users: [User] = []
            for row in try session.rows("SELECT * FROM users") {
                users.append(try StoredUser(row).user)
            }
            return users
        }
        return users.sorted { $0.username.caseFolded < $1.username.caseFolded }
    }

    /// The user of this name (without regard to case); `nil` if there is none.
    package func user(named username: String) async throws(StoreError) -> StoredUser? {
        try await user("SELECT * FROM users WHERE username_key = ?", username.caseFolded)
    }

    /// The user with this id; `nil` if there is none.
    package func user(id: String) async throws(StoreError) -> StoredUser? {
        try await user("SELECT * FROM users WHERE public_id = ?", id)
    }

    /// Adds a user. Throws `usernameTaken`.
    package func create(_ user: User, passwordHash: String) async throws(StoreError) {
        try await database.transaction { (session) throws(StoreError) in
            try session.requireFree(user.username, for: user.id)
            try session.insert(user, passwordHash: passwordHash)
        }
    }

    /// Changes a user, and the password if there is a new hash; returns the user as it now is. Whoever loses a right
    /// or gets a new password loses every token. Throws `userNotFound`, `usernameTaken`, and `lastAdmin` if no active
    /// administrator would be left.
    package func update(
        _ userID: String, with patch: UserPatch, passwordHash: String? = nil
    ) async throws(StoreError) -> User {
        try await database.transaction { (session) throws(StoreError) in
            let stored = try session.existingUser(userID)
            var user = stored.user
            user.apply(patch, withNewPassword: passwordHash != nil)
            try session.requireFree(user.username, for: userID)
            if stored.user.isActiveAdmin, !user.isActiveAdmin { try session.requireAdmin(beside: userID) }
            try session.store(user, passwordHash: passwordHash ?? stored.passwordHash)
            return user
        }
    }

    /// Removes a user. Throws `userNotFound`, and `lastAdmin` if no active administrator would be left.
    package func deleteUser(_ userID: String) async throws(StoreError) {
        try await database.transaction { (session) throws(StoreError) in
            if try session.existingUser(userID).user.isActiveAdmin { try session.requireAdmin(beside: userID) }
            try session.execute("DELETE FROM users WHERE public_id = ?", userID)
        }
    }

    /// Stores a new password hash and raises the generation, so that all older tokens die but `keptTokenID`, the
    /// one that asked for the change (stored with the user in place of an earlier one); that one dies, too, if the
    /// generation is no longer `generation`, for then somebody has ended all tokens meanwhile. Returns the user as it
    /// now is. Of two that ask at once with the same `oldHash`, one succeeds. Throws `userNotFound`, and
    /// `passwordChanged` if the hash is no longer `oldHash` (`nil`: whatever it is).
    package func setPassword(
        of userID: String, hash: String, replacing oldHash: String?, keeping keptTokenID: String?,
        of generation: Int64
    ) async throws(StoreError) -> User {
        try await database.transaction { (session) throws(StoreError) in
            let updated = try session.rows(
                """
                UPDATE users
                SET password_hash = ?, generation = generation + 1, revision = revision + 1,
                    kept_token_id = CASE WHEN generation = ? THEN ? END
                WHERE public_id = ? AND password_hash = COALESCE(?, password_hash) RETURNING *
                """, hash, generation, keptTokenID, userID, oldHash)
            if let row = updated.first { return try StoredUser(row).user }
            let found = try session.rows("SELECT id FROM users WHERE public_id = ?", userID)
            throw found.isEmpty ? .userNotFound : .passwordChanged
        }
    }

    /// Notes a successful login; false if there is no such user any more.
    package func recordLogin(of userID: String, at now: Date) async throws(StoreError) -> Bool {
        try await database.transaction { (session) throws(StoreError) in
            try session.execute("UPDATE users SET last_login = ? WHERE public_id = ?", now, userID) > 0
        }
    }

    /// Revokes one token until it expires by itself.
    package func revoke(tokenID: String, expiresAt: Date) async throws(StoreError) {
        _ = try await database.transaction { (session) throws(StoreError) in
            try session.execute(
                """
                INSERT INTO revoked_tokens (token_id, expires_at) VALUES (?, ?)
                ON CONFLICT (token_id) DO UPDATE SET expires_at = excluded.expires_at
                """, tokenID, expiresAt)
        }
    }

    /// The ids of all tokens revoked and not yet expired, with their expiry.
    package func revokedTokens(at now: Date) async throws(StoreError) -> [String: Date] {
        try await database.read { (session) throws(StoreError) in
            var tokens: [String: Date] = [:]
            for row in try session.rows("SELECT token_id, expires_at FROM revoked_tokens WHERE expires_at > ?", now) {
                tokens[try row.get("token_id")] = try row.get("expires_at") as Date
            }
            return tokens
        }
    }

    private func user(_ sql: String, _ argument: String) async throws(StoreError) -> StoredUser? {
        try await database.read { (session) throws(StoreError) in
            guard let row = try session.rows(sql, argument).first else { return nil }
            return try StoredUser(row)
        }
    }
}
