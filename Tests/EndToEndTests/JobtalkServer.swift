import AsyncHTTPClient
import Foundation
import Synchronization
import TestSupport

/// The real program as a child process, with a data directory of its own.
final class JobtalkServer: Sendable {
    static let adminPassword = "correct horse 42"
    /// Built by the package beside the test bundle.
    static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "jobtalk").path

    let directory: TemporaryDirectory
    let port: Int
    /// Everything that was ever answered, for the eyes of tests that look for what must not be there.
    let transcript = Transcript()
    private let arguments: [String]
    private let environment: [String: String]
    private let child: Mutex<ChildProcess>

    var url: String { "http://127.0.0.1:\(port)" }
    var dataDirectory: URL { directory.url.appending(path: "data") }
    var process: ChildProcess { child.withLock { $0 } }
    /// Standard output and standard error of all its runs.
    var log: String { process.outputText }

    /// Starts it and waits until it says that it serves.
    init(_ arguments: [String] = [], environment: [String: String] = [:]) async throws {
        directory = try TemporaryDirectory()
        port = try FreePort.next()
        self.environment = [
            "PATH": "/usr/bin:/bin", "JOBTALK_ADMIN_PASSWORD": Self.adminPassword, "JOBTALK_LOG_LEVEL": "debug",
        ].merging(environment) { $1 }
        self.arguments =
            ["serve", "--port", "\(port)", "--data-dir", directory.path("data")] + arguments
        child = Mutex(try Self.launch(self.arguments, self.environment, in: directory))
        try await waitUntilServing()
    }

    /// Starts it again, after it ended, on the same data and port.
    func resume() async throws {
        try FileManager.default.removeItem(at: process.output)
        let next = try Self.launch(arguments, environment, in: directory)
        child.withLock { $0 = next }
        try await waitUntilServing()
    }

    /// Signs in as an administrator.
    func signIn(_ username: String = "admin", password: String = adminPassword) async throws -> Console {
        var console = Console(url: url, transcript: transcript)
        let answer = try await console.post(
            "/api/auth/login", ["username": .string(username), "password": .string(password)])
        guard answer.status == 200, let token = answer.body["access_token"].string else { throw Unexpected(answer) }
        console.token = token
        return console
    }

    private func waitUntilServing() async throws {
        let process = process
        try await process.waitUntilReady(within: .seconds(60)) { process.outputText.contains("is serving") }
    }

    private static func launch(
        _ arguments: [String], _ environment: [String: String], in directory: TemporaryDirectory
    ) throws -> ChildProcess {
        try ChildProcess(
            program, arguments, environment: environment, output: directory.url.appending(path: "jobtalk.log"))
    }
}

/// Collects bytes from many tasks.
final class Transcript: Sendable {
    private let bytes = Mutex(Data())
    var data: Data { bytes.withLock { $0 } }

    func add(_ more: Data) { bytes.withLock { $0 += more } }
}
