import Foundation
import TestSupport
import Testing

extension EndToEnd {
    struct StartAndStopTests {
        @Test("SIGTERM with visits, a test and a request in flight ends within 5 s, in good order")
        func gracefulStop() async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            let hole = try BlackHole()
            for number in 0..<6 { _ = try await console.add(Self.silent("Silent \(number)", port: hole.port)) }
            _ = try await eventually("visits in flight") { hole.connectionCount >= 4 ? true : nil }
            async let test: Answer = console.post(
                "/api/partners/test-connection", Self.silent("Another", port: hole.port))
            let open = hole.connectionCount
            _ = try await eventually("a test in flight") { hole.connectionCount > open ? true : nil }

            let started = ContinuousClock.now
            #expect(await server.process.stop(grace: .seconds(20)) == .exited(0))
            #expect(ContinuousClock.now - started < .seconds(5))
            // Answered or cut short: both are a good end.
            _ = try? await test
            _ = try await eventually("every connection closed") { hole.connectionCount == 0 ? true : nil }
        }

        @Test("A second server on the same data is refused and says so; the first goes on")
        func secondInstance() async throws {
            let server = try await JobtalkServer()
            let port = try FreePort.next()
            let second = try Self.launch(
                ["serve", "--port", "\(port)", "--data-dir", server.dataDirectory.path], in: server.directory)
            #expect(await second.ending() == .exited(1))
            #expect(second.outputText.contains(server.dataDirectory.path), "\(second.outputText)")
            #expect(second.outputText.contains("another"), "\(second.outputText)")
            _ = try await server.signIn()
            await server.process.stop()
        }

        @Test("A faulty configuration is refused with all its faults at once and exit code 2")
        func badConfiguration() async throws {
            let directory = try TemporaryDirectory()
            let environment = [
                "JOBTALK_TOKEN_HOURS": "many", "JOBTALK_LOG_LEVEL": "loud", "JOBTALK_ADMIN_EMAIL": "nobody",
                "JOBTALK_JWT_SECRET": "short", "JOBTALK_TRUSTED_PROXIES": "moon",
            ]
            let child = try Self.launch(
                ["serve", "--port", "99999", "--demo-partners", "20", "--data-dir", directory.path("data")],
                environment: environment, in: directory)
            #expect(await child.ending() == .exited(2))
            for name in environment.keys + ["--port", "--demo-partners"] {
                #expect(child.outputText.contains(name), "\(name) is not in \(child.outputText)")
            }
            #expect(!FileManager.default.fileExists(atPath: directory.path("data")))
        }

        @Test("Without a password for the first administrator and without a terminal, the start is refused")
        func noFirstPassword() async throws {
            let directory = try TemporaryDirectory()
            let child = try Self.launch(
                ["serve", "--port", "0", "--data-dir", directory.path("data")], in: directory)
            #expect(await child.ending() == .exited(2))
            #expect(child.outputText.contains("JOBTALK_ADMIN_PASSWORD"))
        }

        @Test("Data sealed with another key is a clear refusal to start")
        func wrongKey() async throws {
            let key = String(repeating: "first key ", count: 4)
            let server = try await JobtalkServer(environment: ["JOBTALK_ENCRYPTION_KEY": key])
            _ = try await server.signIn().add(Self.silent("Sealed", port: 1))
            await server.process.stop()
            let child = try Self.launch(
                ["serve", "--port", "0", "--data-dir", server.dataDirectory.path],
                environment: ["JOBTALK_ENCRYPTION_KEY": String(repeating: "other key ", count: 4)], in: server.directory
            )
            #expect(await child.ending() == .exited(1))
            #expect(child.outputText.contains("JOBTALK_ENCRYPTION_KEY"), "\(child.outputText)")
        }

        private static func silent(_ name: String, port: Int) -> JSON {
            [
                "partnerName": .string(name), "dbHost": "127.0.0.1", "dbPort": JSON(port), "dbName": "a",
                "dbUsername": "b", "dbPassword": "secret",
            ]
        }

        private static func launch(
            _ arguments: [String], environment: [String: String] = [:], in directory: TemporaryDirectory
        ) throws -> ChildProcess {
            try ChildProcess(
                JobtalkServer.program, arguments, environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 },
                output: directory.url.appending(path: "second.log"))
        }
    }
}
