import Domain
import Foundation

/// The body of a user, new or edited.
///
/// Keys that only answers have, and unknown ones, are ignored, so that what GET shows can be sent back.
struct UserBody {
    private let patch: UserPatch
    private let password: Secret?
    private let faults: [FieldFault]
    /// What a new user lacks.
    private let missing: [FieldFault]

    /// Reads a body that makes a user, or edits `stored`.
    init(_ fields: [String: JSONValue], editing stored: User? = nil) {
        var reader = FieldReader(fields)
        var patch = UserPatch()
        patch.username = reader.text("username", FieldRules.username)
        patch.email = reader.text("email", FieldRules.email)
        patch.role = reader.choice("role", of: Role.self)
        patch.isActive = reader.flag("isActive")
        let username = patch.username ?? stored?.username ?? ""
        password = reader.secret("password") { PasswordRules.fault(of: Secret($0), username: username) }
        self.patch = patch
        faults = reader.faults
        missing = ["username", "email", "role", "password"]
            .filter { !reader.has($0) || $0 == "password" && reader.isBlank($0) }
            .map { FieldFault($0, "is required") }
    }

    /// A new user, who lacks nothing. Throws all faults at once.
    func newUser(at now: Date) throws -> (user: User, password: Secret) {
        guard faults.isEmpty, let username = patch.username, let email = patch.email, let role = patch.role,
            let password
        else { throw Rejection.fields(faults + missing) }
        let user = User(
            id: UUID().uuidString.lowercased(), username: username, email: email, role: role,
            isActive: patch.isActive ?? true, generation: 1, lastLogin: nil, createdAt: now)
        return (user, password)
    }

    /// What is to be changed; an absent or empty password stays as it is. Throws all faults at once.
    func edit() throws -> (patch: UserPatch, password: Secret?) {
        guard faults.isEmpty else { throw Rejection.fields(faults) }
        return (patch, password)
    }
}
