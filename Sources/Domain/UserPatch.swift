/// What an administrator changes about a user; `nil` leaves a value as it is. Each value is known to be right by itself.
package struct UserPatch: Sendable, Equatable {
    package var username: String?
    package var email: String?
    package var role: Role?
    package var isActive: Bool?

    package init(username: String? = nil, email: String? = nil, role: Role? = nil, isActive: Bool? = nil) {
        self.username = username
        self.email = email
        self.role = role
        self.isActive = isActive
    }
}

extension User {
    /// Whether this user may do everything, users included.
    package var isActiveAdmin: Bool { isActive && role == .admin }

    /// Merges an edit. Whoever may do less than before, or has a new password, signs in anew.
    package mutating func apply(_ patch: UserPatch, withNewPassword hasNewPassword: Bool = false) {
        let was = self
        username = patch.username ?? username
        email = patch.email ?? email
        role = patch.role ?? role
        isActive = patch.isActive ?? isActive
        revision += 1
        guard hasNewPassword || (was.isActive && !isActive) || (was.role == .admin && role != .admin) else { return }
        generation += 1
        keptTokenID = nil
    }
}
