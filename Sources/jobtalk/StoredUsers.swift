import Domain
import Foundation
import Store

/// What the commands do with the users of a stopped server. What happened is told on standard error; standard output
/// carries nothing but a password that was made up, so that a script can take it.
struct StoredUsers {
    let store: AdminStore
    let hasher: PasswordHasher

    func all() async throws -> [User] {
        try await store.users()
    }

    /// Refuses a name that is taken before anybody has to type a password.
    func add(_ username: String, email: String, role: Role, password source: PasswordSource) async throws {
        guard try await store.user(named: username) == nil else {
            throw StartError.environment("there is a user named “\(username)” already")
        }
        let password = try source.password(for: username)
        let user = User(
            id: UUID().uuidString.lowercased(), username: username, email: email, role: role, isActive: true,
            generation: 1, lastLogin: nil, createdAt: Date())
        try await store.create(user, passwordHash: hasher.hash(password))
        tell("The user “\(username)” was created with the role \(role.rawValue).", source, password)
    }

    func resetPassword(of username: String, to source: PasswordSource, activate: Bool) async throws {
        guard let user = try await store.user(named: username)?.user else {
            throw StartError.environment("there is no user named “\(username)”; see jobtalk user list")
        }
        let password = try source.password(for: user.username)
        let patch = UserPatch(isActive: activate ? true : nil)
        let changed = try await store.update(user.id, with: patch, passwordHash: hasher.hash(password))
        let remark =
            changed.isActive ? "" : " The account is deactivated: to let the user in again, add --activate."
        tell("The user “\(user.username)” has a new password.\(remark)", source, password)
    }

    private func tell(_ sentence: String, _ source: PasswordSource, _ password: Secret) {
        FileHandle.standardError.write(Data("\(sentence)\n".utf8))
        guard case .madeUp = source else { return }
        FileHandle.standardOutput.write(Data("\(password.clearText)\n".utf8))
    }
}
