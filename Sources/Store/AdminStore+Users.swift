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
        fatalError("Store helper")
    }

    /// The user of this name (without regard to case); `nil` if there is none.
    package func user(named username: String) async throws(StoreError) -> StoredUser? {
        fatalError("Store helper")
    }

    /// The user with this id; `nil` if there is none.
    package func user(id: String) async throws(StoreError) -> StoredUser? {
        fatalError("Store helper")
    }

    /// Adds a user. Throws `usernameTaken`.
    package func create(_ user: User, passwordHash: String) async throws(StoreError) {
        fatalError("Store helper")
    }

    /// Stores a new password hash and raises the generation, so that all older tokens die but `keptTokenID`, the
    /// one that asked for the change (stored with the user in place of an earlier one); returns the user as it
    /// now is. Throws `userNotFound`.
    package func setPassword(
        of userID: String, hash: String, keeping keptTokenID: String?
    ) async throws(StoreError) -> User {
        fatalError("Store helper")
    }

    /// Notes a successful login.
    package func recordLogin(of userID: String, at now: Date) async throws(StoreError) {
        fatalError("Store helper")
    }

    /// Revokes one token until it expires by itself.
    package func revoke(tokenID: String, expiresAt: Date) async throws(StoreError) {
        fatalError("Store helper")
    }

    /// The ids of all tokens revoked and not yet expired, with their expiry.
    package func revokedTokens(at now: Date) async throws(StoreError) -> [String: Date] {
        fatalError("Store helper")
    }
}
