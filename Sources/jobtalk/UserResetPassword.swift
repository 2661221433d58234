import ArgumentParser
import Foundation

/// `jobtalk user reset-password`.
struct UserResetPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-password",
        abstract: "Give a user a new password; whoever is signed in as this user is signed out.",
        discussion: PasswordOptions.explanation)

    @Argument(help: "The name that the user signs in with.")
    var username: String

    @Flag(help: "Also let the user sign in again if the account is deactivated.")
    var activate = false

    @OptionGroup var password: PasswordOptions
    @OptionGroup var data: DataOptions

    func run() async throws {
        try await StartError.reported {
            var source = ConfigurationSource(ProcessInfo.processInfo.environment)
            let place = data.place(&source)
            let password = password.source(for: username, &source)
            try source.finish()
            try await place.use { users in
                try await users.resetPassword(of: username, to: password, activate: activate)
            }
        }
    }
}
