import ArgumentParser
import Domain
import Foundation
import Sync

/// `jobtalk user list`.
struct UserList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the users by name.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        try await StartError.reported {
            var source = ConfigurationSource(ProcessInfo.processInfo.environment)
            let place = data.place(&source)
            try source.finish()
            let users = try await place.use { try await $0.all() }
            FileHandle.standardOutput.write(Data(Self.table(of: users).utf8))
        }
    }

    /// One line a user under a line of headings, in columns.
    static func table(of users: [User]) -> String {
        let headings = ["USERNAME", "ROLE", "ACTIVE", "EMAIL", "LAST LOGIN", "CREATED"]
        let rows = users.map { user in
            [
                user.username, user.role.rawValue, user.isActive ? "yes" : "no", user.email,
                user.lastLogin?.iso8601 ?? "never", user.createdAt.iso8601,
            ]
        }
        let widths = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
        return ([headings] + rows).map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            return cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces) + "\n"
        }.joined()
    }
}
