package import Foundation

/// What a user may do; the raw value is `role` in the API.
package enum Role: String, Sendable, CaseIterable {
    /// Everything.
    case admin = "ADMIN"
    /// Reads, logs out and changes the own password.
    case viewer = "VIEWER"
}

/// Someone who can sign in; the password's hash stays in the store.
package struct User: Sendable, Equatable, Identifiable {
    /// A UUID in lower case.
    package let id: String
    package var username: String
    package var email: String
    package var role: Role
    package var isActive: Bool
    /// Grows when all the user's tokens die: on a new password, demotion or deactivation.
    package var generation: Int64
    /// The one token of an older generation that still lives: the one that changed the password last.
    package var keptTokenID: String?
    /// Grows with every change but a login, so that of two readings the newer is known.
    package var revision: Int64
    package var lastLogin: Date?
    package var createdAt: Date

    package init(
        id: String, username: String, email: String, role: Role, isActive: Bool, generation: Int64,
        keptTokenID: String? = nil, revision: Int64 = 1, lastLogin: Date?, createdAt: Date
    ) {
        self.id = id
        self.username = username
        self.email = email
        self.role = role
        self.isActive = isActive
        self.generation = generation
        self.keptTokenID = keptTokenID
        self.revision = revision
        self.lastLogin = lastLogin
        self.createdAt = createdAt
    }
}
