/// A database with a user of its own who may do everything in it.
package struct DatabaseAccount: Sendable {
    package let database: String
    package let username: String
    package let password: String

    package init(database: String, username: String, password: String) {
        self.database = database
        self.username = username
        self.password = password
    }
}

/// Twelve random lower-case letters: a name or password that occurs nowhere else.
package func randomWord() -> String {
    String((0..<12).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() ?? "x" })
}
