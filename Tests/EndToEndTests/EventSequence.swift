import AsyncHTTPClient
import Foundation
import TestSupport
import NIOCore
import NIOHTTP1

/// What the event stream tells, comments left out.
struct EventSequence: AsyncSequence {
    struct Event: Sendable {
        let name: String
        let data: JSON
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var body: HTTPClientResponse.Body.AsyncIterator
        private var received = Data()

        fileprivate init(_ body: HTTPClientResponse.Body.AsyncIterator) { self.body = body }

        /// Throws if the stream breaks off, or tells what is no event.
        mutating func next() async throws -> Event? {
            let end = Data("\n\n".utf8)
            while true {
                guard let range = received.range(of: end) else {
                    guard let more = try await body.next() else { return nil }
                    received += Data(more.readableBytesView)
                    continue
                }
                let block = String(decoding: received[..<range.lowerBound], as: UTF8.self)
                received = Data(received[range.upperBound...])
                if let event = try Self.event(block) { return event }
            }
        }

        private static func event(_ block: String) throws -> Event? {
            let lines = block.split(separator: "\n")
            guard let name = lines.first, name.hasPrefix("event: ") else { return nil }
            guard lines.count == 2 || lines.count == 3 && lines[2].hasPrefix("id: "), lines[1].hasPrefix("data: ")
            else {
                throw Unexpected("no event: \(block)")
            }
            let data = Data(lines[1].dropFirst(6).utf8)
            return Event(name: String(name.dropFirst(7)), data: try JSONDecoder().decode(JSON.self, from: data))
        }
    }

    fileprivate let body: HTTPClientResponse.Body

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body.makeAsyncIterator()) }
}

extension HTTPClient {
    /// The shared one opens eight connections to a host at the most.
    fileprivate static let ofManyStreams: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 100
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
}

extension Console {
    /// Opens the event stream.
    func events() async throws -> EventSequence {
        var request = HTTPClientRequest(url: url + "/api/dashboard/stream")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let response = try await HTTPClient.ofManyStreams.execute(request, timeout: .seconds(120))
        guard response.status == .ok else { throw Unexpected("the stream was refused: \(response.status)") }
        return EventSequence(body: response.body)
    }
}
