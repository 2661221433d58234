import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// What the server said.
struct Answer: Sendable {
    let status: Int
    let headers: [String: String]
    let body: JSON
}

/// An answer that a test cannot go on with.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ answer: Answer) { description = "unexpected answer \(answer.status): \(answer.body)" }
    init(_ text: String) { description = text }
}

/// A signed-in client of the API.
struct Console: Sendable {
    let url: String
    let transcript: Transcript
    var token: String?

    func get(_ path: String) async throws -> Answer { try await send("GET", path) }
    func post(_ path: String, _ body: JSON? = nil) async throws -> Answer { try await send("POST", path, body) }
    func put(_ path: String, _ body: JSON) async throws -> Answer { try await send("PUT", path, body) }
    func delete(_ path: String) async throws -> Answer { try await send("DELETE", path) }

    func send(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let data = Data(try await response.body.collect(upTo: 64 << 20).readableBytesView)
        if path != "/api/auth/login" { note(response, data) }
        let json = data.isEmpty ? JSON.null : try JSON(parsing: data)
        let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + "," + $1 }
        let exchange = Exchange(
            method: method, path: path, status: Int(response.status.code), headers: headers, body: data)
        for departure in try OpenAPIDocument.served.get().departures(of: exchange) {
            Issue.record("\(method) \(path) → \(exchange.status) is not as documented: \(departure)")
        }
        return Answer(status: Int(response.status.code), headers: headers, body: json)
    }

    private func note(_ response: HTTPClientResponse, _ body: Data) {
        let head = response.headers.map { "\($0.name): \($0.value)\n" }.joined()
        transcript.add(Data(head.utf8) + body)
    }
}

/// The steps that many tests share; each throws `Unexpected` when refused.
extension Console {
    /// Returns the body of a 200.
    func read(_ path: String) async throws -> JSON {
        let answer = try await get(path)
        guard answer.status == 200 else { throw Unexpected(answer) }
        return answer.body
    }

    func change(_ settings: JSON) async throws {
        let answer = try await put("/api/settings", settings)
        guard answer.status == 200 else { throw Unexpected(answer) }
    }

    /// Creates a partner and returns its id.
    func add(_ partner: JSON) async throws -> String {
        let answer = try await post("/api/partners", partner)
        guard answer.status == 200, let id = answer.body["id"].string else { throw Unexpected(answer) }
        return id
    }

    /// Waits for the latest metrics that satisfy a condition.
    func metrics(
        of id: String, within limit: Duration = .seconds(15),
        _ isWanted: @Sendable @escaping (JSON) -> Bool = { _ in true }
    ) async throws -> JSON {
        try await eventually(within: limit, "metrics of \(id)") {
            let answer = try await get("/api/partners/\(id)/metrics")
            return answer.status == 200 && isWanted(answer.body) ? answer.body : nil
        }
    }
}
