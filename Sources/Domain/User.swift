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
    /// Grows when all the user's tokens die: on a password change, demotion or deactivation.
    package var generation: Int64
    /// The one token of an older generation that still lives: the one that changed the password last.
    package var keptTokenID: String?
    package var lastLogin: Date?
    package var createdAt: Date

    package init(
        id: String, username: String, email: String, role: Role, isActive: Bool, generation: Int64,
        keptTokenID: String? = nil, lastLogin: Date?, createdAt: Date
    ) {
        self.id = id
        self.username = username
        self.email = email
        self.role = role
        self.isActive = isActive
        self.generation = generation
        self.keptTokenID = keptTokenID
        self.lastLogin = lastLogin
        self.createdAt = createdAt
    }
}
