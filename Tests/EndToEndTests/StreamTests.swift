import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.timeLimit(.minutes(2))) struct StreamTests {
        @Test("A call that begins at the partner reaches whoever listens, without a question", .needsMariaDB)
        func change() async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            let scene = try await Scene.make(seed: 7)
            let id = try await console.add(scene.direct("Streamed"))
            let before = try #require(try await console.metrics(of: id)["activeCalls"].int)
            var events = try await console.events().makeAsyncIterator()
            try await console.change(["refreshInterval": 5])
            try await scene.database.execute(MainJobTests.oneMoreCall(9_003), database: scene.account.database)
            var active: Int?
            while active != before + 1, let event = try await events.next() {
                guard event.name == "partner", event.data["partner"]["id"].string == id else { continue }
                active = event.data["snapshot"]["activeCalls"].int
            }
            #expect(active == before + 1)
            await server.process.stop()
        }

        @Test("SIGTERM with fifty open streams ends them, and the server, promptly")
        func stop() async throws {
            let server = try await JobtalkServer()
            let listeners = try await listeners(of: server, 50)
            let started = ContinuousClock.now
            #expect(await server.process.stop(grace: .seconds(20)) == .exited(0))
            let took = started.duration(to: .now)
            #expect(took < .seconds(2), "\(took)")
            // Each came to an orderly end: one that breaks off throws.
            for listener in listeners {
                for try await _ in listener {}
            }
        }

        /// Streams of three users.
        private func listeners(of server: JobtalkServer, _ count: Int) async throws -> [EventSequence] {
            let admin = try await server.signIn()
            var consoles = [admin]
            for name in ["ann", "bob"] {
                let user: JSON = [
                    "username": .string(name), "email": .string("\(name)@example.com"), "role": "VIEWER",
                    "password": "correct horse 43",
                ]
                let answer = try await admin.post("/api/users", user)
                guard answer.status == 200 else { throw Unexpected(answer) }
                consoles.append(try await server.signIn(name, password: "correct horse 43"))
            }
            var listeners: [EventSequence] = []
            for index in 0..<count { listeners.append(try await consoles[index % 3].events()) }
            return listeners
        }
    }
}
