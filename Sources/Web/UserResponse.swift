import Domain
import Foundation
import Sync

/// How users look from outside; `User` itself is not encodable.
extension JSONWriter {
    /// A user as login shows it.
    mutating func identity(of user: User) {
        member("id", user.id)
        member("username", user.username)
        member("email", user.email)
        member("role", user.role.rawValue)
    }

    /// One user of the list.
    mutating func user(_ user: User) {
        identity(of: user)
        member("isActive", user.isActive)
        member("lastLogin", user.lastLogin)
        member("createdAt", user.createdAt)
    }
}
