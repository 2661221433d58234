import ArgumentParser
import Domain
import Foundation

/// `jobtalk user add`.
struct UserAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a user.", discussion: PasswordOptions.explanation)

    @Argument(help: "The name to sign in with.")
    var username: String

    @Option(help: "The user's e-mail address.")
    var email: String

    @Option(help: "admin: may do everything; viewer: reads (default viewer).")
    var role: String?

    @OptionGroup var password: PasswordOptions
    @OptionGroup var data: DataOptions

    func run() async throws {
        try await StartError.reported {
            var source = ConfigurationSource(ProcessInfo.processInfo.environment)
            let place = data.place(&source)
            source.check(.init(name: "the user name", text: username), FieldRules.username)
            source.check(.init(name: "--email", text: email), FieldRules.email)
            let role = role.map { source.role(.init(name: "--role", text: $0)) } ?? .viewer
            let password = password.source(for: username, &source)
            try source.finish()
            try await place.use { users in
                try await users.add(username, email: email, role: role, password: password)
            }
        }
    }
}

extension ConfigurationSource {
    /// Without regard to case; anything else counts as a viewer, and as a fault.
    fileprivate mutating func role(_ value: Named<String>) -> Role {
        if let role = Role(rawValue: value.text.uppercased()) { return role }
        fault(value.name, "must be admin or viewer")
        return .viewer
    }
}
