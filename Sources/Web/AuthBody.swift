import Domain
import Foundation

/// The body of a login.
enum LoginBody {
    static func read(_ fields: [String: JSONValue]) throws -> (username: String, password: Secret) {
        var reader = FieldReader(fields)
        let username = reader.required("username") { $0.isEmpty ? "must not be empty" : nil }
        let password = reader.required("password")
        try reader.finish()
        return (username ?? "", Secret(password ?? ""))
    }
}

/// The body of a change of the own password.
enum ChangePasswordBody {
    static func read(_ fields: [String: JSONValue], username: String) throws -> (current: Secret, new: Secret) {
        var reader = FieldReader(fields)
        let current = Secret(reader.required("currentPassword") ?? "")
        let new = reader.required("newPassword") {
            PasswordRules.fault(of: Secret($0), username: username, replacing: current)
        }
        try reader.finish()
        return (current, Secret(new ?? ""))
    }
}
