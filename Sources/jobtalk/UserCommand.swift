import ArgumentParser

/// `jobtalk user`: who may sign in, for the day when nobody can. It works on the data directory of a stopped server.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "See, add and let back in the users of a stopped server.",
        discussion: """
            While a server runs on the data directory, these commands refuse: use its API under /api/users instead.
            """,
        subcommands: [UserAdd.self, UserList.self, UserResetPassword.self])
}
