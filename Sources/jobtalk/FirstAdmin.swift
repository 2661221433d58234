import Domain
import Foundation
import Store

/// The administrator that the first start creates; later starts leave the users as they are.
struct FirstAdmin {
    static let username = "admin"
    static let demoPassword = Secret("Admin@2024")

    let store: AdminStore
    let hasher: PasswordHasher

    /// Creates the administrator if there is no user yet. Returns the password if it was made up and must be shown.
    func create(_ configuration: Configuration, isTerminal: Bool, now: Date) async throws -> Secret? {
        guard try await store.users().isEmpty else { return nil }
        let given = configuration.isDemo ? Self.demoPassword : try configuration.adminPassword.get()
        guard given != nil || isTerminal else {
            throw StartError.configuration([
                "JOBTALK_ADMIN_PASSWORD must be set for the first start: it becomes the password of the user "
                    + "“\(Self.username)” (on a terminal, one would be made up and shown)"
            ])
        }
        let password = given ?? RandomPassword.make()
        let user = User(
            id: UUID().uuidString.lowercased(), username: Self.username, email: configuration.adminEmail,
            role: .admin, isActive: true, generation: 1, lastLogin: nil, createdAt: now)
        try await store.create(user, passwordHash: hasher.hash(password))
        return given == nil ? password : nil
    }
}
