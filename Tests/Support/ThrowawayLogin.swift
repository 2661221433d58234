import Foundation

/// A login of the system that exists as long as the test process, without a home and with a random password.
struct ThrowawayLogin: Sendable {
    let name: String
    let password: String

    static func shared() async throws -> ThrowawayLogin { try await instance.value() }
    private static let instance = Shared { try await ThrowawayLogin.make() }
    private static let prefix = "jobtalktest"

    private static func make() async throws -> ThrowawayLogin {
        try await removeLeftovers()
        let login = ThrowawayLogin(name: "\(prefix)\(getpid())", password: randomWord())
        Janitor.shared.remember(.login(login.name))
        try await retryingWhileLocked {
            try await run("useradd", ["--no-create-home", "--home-dir", "/nonexistent", "-s", "/bin/sh", login.name])
        }
        try await retryingWhileLocked { try await run("chpasswd", [], input: "\(login.name):\(login.password)\n") }
        return login
    }

    /// Removes those of test processes that are gone.
    private static func removeLeftovers() async throws {
        for line in try String(contentsOfFile: "/etc/passwd", encoding: .utf8).split(separator: "\n") {
            let name = String(line.prefix { $0 != ":" })
            guard name.hasPrefix(prefix), let owner = pid_t(name.dropFirst(prefix.count)) else { continue }
            guard kill(owner, 0) != 0 || owner == getpid() else { continue }
            try await retryingWhileLocked { try await run("userdel", ["--force", name]) }
        }
    }

    /// Another process may be changing the system's user list, or have removed the leftover first.
    private static func retryingWhileLocked(_ body: () async throws -> Void) async throws {
        for _ in 0..<100 {
            do {
                return try await body()
            } catch let failure as ToolFailure where failure.output.contains("lock") {
                try await Task.sleep(for: .milliseconds(100))
            } catch let failure as ToolFailure where failure.output.contains("does not exist") {
                return
            }
        }
        try await body()
    }
}
