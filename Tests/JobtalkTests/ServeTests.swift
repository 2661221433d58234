import Foundation
import Testing
import TestSupport

/// The program itself, as an operator starts it.
@Suite("jobtalk serve")
struct ServeTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("A faulty configuration ends with 2, names every fault, and leaves nothing behind")
    func faults() async throws {
        let server = try start(["--port", "x"], ["JOBTALK_LOG_LEVEL": "loud", "JOBTALK_ADMIN_EMAIL": "nobody"])
        #expect(await server.ending() == .exited(2))
        for name in ["--port", "JOBTALK_LOG_LEVEL", "JOBTALK_ADMIN_EMAIL"] {
            #expect(server.outputText.contains("- \(name) must be"))
        }
        #expect(!FileManager.default.fileExists(atPath: directory.path("data")))
    }

    @Test("A mistyped flag ends with 2")
    func mistyped() async throws {
        let server = try start(["--prot", "8080"])
        #expect(await server.ending() == .exited(2))
        #expect(server.outputText.contains("--prot"))
    }

    @Test("The first start without password and terminal ends with 2")
    func noPassword() async throws {
        let server = try start()
        #expect(await server.ending() == .exited(2))
        #expect(server.outputText.contains("JOBTALK_ADMIN_PASSWORD must be set"))
    }

    @Test("A first password that breaks the rules ends the first start with 2")
    func faultyPassword() async throws {
        let server = try start([], ["JOBTALK_ADMIN_PASSWORD": "short"])
        #expect(await server.ending() == .exited(2))
        #expect(server.outputText.contains("JOBTALK_ADMIN_PASSWORD must be 8 to 128 characters long"))
    }

    @Test("A second server on the same directory is refused, and so is one on the same port; SIGTERM ends the first")
    func oneAtATime() async throws {
        let password = ["JOBTALK_ADMIN_PASSWORD": "correct horse"]
        let first = try start([], password)
        let port = try await servedPort(first)

        let sameDirectory = try start([], password)
        #expect(await sameDirectory.ending() == .exited(1))
        #expect(sameDirectory.outputText.contains("another jobtalk is using"))

        let samePort = try start(["--port", port], password, data: "other")
        #expect(await samePort.ending() == .exited(1))
        #expect(samePort.outputText.contains("the port is in use"))

        let begin = ContinuousClock.now
        #expect(await first.stop() == .exited(0))
        #expect(ContinuousClock.now - begin < .seconds(5))

        let again = try start([], ["JOBTALK_ADMIN_PASSWORD_FILE": directory.path("removed after the first start")])
        _ = try await servedPort(again)
        #expect(await again.stop() == .exited(0))
    }

    @Test("The demo serves, says that it is one, and its data are no real server's")
    func demo() async throws {
        let demo = try start(["--demo"])
        _ = try await servedPort(demo)
        #expect(demo.outputText.contains("12 pretend partners; nothing here is real"))
        #expect(await demo.stop() == .exited(0))
        let real = try start([], ["JOBTALK_ADMIN_PASSWORD": "correct horse"])
        #expect(await real.ending() == .exited(1))
        #expect(real.outputText.contains("holds demo data"))
    }

    private func start(
        _ flags: [String] = [], _ environment: [String: String] = [:], data: String = "data"
    ) throws -> ChildProcess {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let binary = URL(filePath: program).deletingLastPathComponent().appending(path: "jobtalk").path
        let port = flags.contains("--port") ? [] : ["--port", "0"]
        return try ChildProcess(
            binary, ["serve", "--data-dir", directory.path(data)] + port + flags, environment: environment,
            output: directory.url.appending(path: UUID().uuidString))
    }

    /// Waits until requests are served, and returns the port that the start-up text names.
    private func servedPort(_ server: ChildProcess) async throws -> String {
        try await server.waitUntilReady { server.outputText.contains("Try first") }
        let text = try #require(server.outputText.split(separator: "is serving http://127.0.0.1:").last)
        return String(text.prefix { $0.isNumber })
    }
}
