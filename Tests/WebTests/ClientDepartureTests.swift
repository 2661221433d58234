import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Web

@Suite("When a client leaves", .timeLimit(.minutes(1)))
struct ClientDepartureTests {
    /// How far a handler came.
    private final class Progress: Sendable {
        private let words = Mutex<[String]>([])
        func note(_ word: String) { words.withLock { $0.append(word) } }
        func awaits(_ word: String) async throws {
            _ = try await eventually("the handler to be \(word)") { words.withLock { $0.contains(word) } ? true : nil }
        }
    }

    /// A server whose handler works for `duration` as long as its client stays.
    private func serve(
        _ duration: Duration, _ test: @Sendable (_ port: Int, Progress) async throws -> Void
    ) async throws {
        let progress = Progress()
        let responder = CallbackResponder { (request: Request, connection: Connection) in
            _ = try await RequestIntake.body(of: request)
            try await connection.presence.whileClientStays {
                progress.note("working")
                do { try await Task.sleep(for: duration) } catch {
                    progress.note("cancelled")
                    throw error
                }
            }
            return Response(status: .ok, body: .init(byteBuffer: .init(string: "ok")))
        }
        let app = Application(
            responder: responder, server: .http1(configuration: .init(additionalChannelHandlers: [DepartureWatch()])),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await app.test(.live) { client in try await test(#require(client.port), progress) }
    }

    @Test("its work is cancelled", arguments: ["", "a body"])
    func cancels(body: String) async throws {
        try await serve(.seconds(600)) { port, progress in
            do {
                let connection = try RawConnection(port: port)
                #expect(await connection.send(Self.request(body)))
                try await progress.awaits("working")
            }
            try await progress.awaits("cancelled")
        }
    }

    @Test(
        "and if it stays it gets its answers, one after the other over the same connection", arguments: ["", "a body"])
    func answers(body: String) async throws {
        try await serve(.milliseconds(200)) { port, _ in
            let connection = try RawConnection(port: port)
            for _ in 0..<3 {
                #expect(await connection.send(Self.request(body)))
                let reply = await connection.receive { $0.hasSuffix("\r\n\r\nok") }
                #expect(reply.hasPrefix("HTTP/1.1 200"))
            }
        }
    }

    private static func request(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
