import Foundation
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing

@testable import Web

/// A client of the event stream over a real connection.
final class Listener: Sendable {
    struct Event: Sendable, Equatable {
        let kind: String
        let data: String
        let id: String?
    }

    private let connection: RawConnection
    private let heard = Mutex("")

    /// Everything that came so far, chunk sizes included.
    var text: String { heard.withLock { $0 } }
    var events: [Event] {
        text.matches(of: /event: (\w+)\ndata: (.*)\n(?:id: (.*)\n)?\n/).map {
            Event(kind: String($0.1), data: String($0.2), id: $0.3.map(String.init))
        }
    }

    /// Asks for the stream, from the event named `id` on if there is one; `receiveBuffer` bytes are what the system takes in for a client that does not read.
    init(_ client: Client, after id: String? = nil, receiveBuffer: Int32? = nil) async throws {
        connection = try RawConnection(port: try #require(client.http.port), receiveBuffer: receiveBuffer)
        let token = client.token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let place = id.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        _ = await connection.send("GET /api/dashboard/stream HTTP/1.1\r\nHost: x\r\n\(token)\(place)\r\n")
    }

    /// Listens until it has heard what is wanted, or the end.
    @discardableResult
    func listen(until isEnough: @escaping @Sendable (Listener) -> Bool) async -> String {
        while !isEnough(self) {
            let more = await connection.receive { !$0.isEmpty }
            guard !more.isEmpty else { break }
            heard.withLock { $0 += more }
        }
        return text
    }

    /// Listens until an event of this kind whose data contain `part` came, and returns the data.
    func event(_ kind: String, with part: String = "{") async throws -> String {
        let isWanted = { @Sendable (event: Event) in event.kind == kind && event.data.contains(part) }
        await listen { $0.events.contains(where: isWanted) }
        return try #require(events.last(where: isWanted)).data
    }

    /// Listens to the orderly end of the stream, and returns how long that took.
    func end() async -> Duration {
        let started = ContinuousClock.now
        await listen { $0.text.hasSuffix("0\r\n\r\n") }
        return started.duration(to: .now)
    }
}
