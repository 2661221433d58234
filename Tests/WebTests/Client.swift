import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NIOFoundationCompat
import TestSupport
import Testing

@testable import Web

/// What came back.
struct Reply: Sendable {
    let status: Int
    let headers: HTTPFields
    /// Unpacked if it came compressed.
    let text: String

    /// The body; fails the test if it is not JSON.
    var json: JSONValue {
        get throws { try JSONValue(text) }
    }

    var detail: String? {
        get throws { try json["detail"]?.text }
    }

    /// The names of the faulty fields of a 422, in order.
    var faultyFields: [String] {
        get throws {
            guard case .array(let errors) = try json["errors"] else { return [] }
            return errors.compactMap { $0["field"]?.text }
        }
    }
}

/// Talks to a console as a client would.
struct Client: Sendable {
    let http: any TestClientProtocol
    var token: String?

    func signedIn(as username: String = "admin", _ password: String = Console.adminPassword) async throws -> Client {
        let reply = try await post("/api/auth/login", "{\"username\":\"\(username)\",\"password\":\"\(password)\"}")
        try #require(reply.status == 200, "\(reply.text)")
        var client = self
        client.token = try #require(try reply.json["access_token"]?.text)
        return client
    }

    func viewer() async throws -> Client {
        try await signedIn(as: "viewer", Console.viewerPassword)
    }

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> Reply {
        try await send(.get, path, headers: headers)
    }

    func post(_ path: String, _ body: String? = nil, headers: HTTPFields = [:]) async throws -> Reply {
        try await send(.post, path, body, headers: headers)
    }

    func put(_ path: String, _ body: String) async throws -> Reply {
        try await send(.put, path, body)
    }

    func delete(_ path: String) async throws -> Reply {
        try await send(.delete, path)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Reply {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let response = try await http.executeRequest(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        let isPacked = response.headers[.contentEncoding] == "gzip" && response.body.readableBytes > 0
        let body = isPacked ? try await gunzip(Data(buffer: response.body)) : Data(buffer: response.body)
        let fields = response.headers.map { ($0.name.rawName.lowercased(), $0.value) }
        let exchange = Exchange(
            method: method.rawValue, path: path, status: response.status.code,
            headers: Dictionary(fields) { $0 + "," + $1 }, body: body)
        for departure in try OpenAPIDocument.served.get().departures(of: exchange) {
            Issue.record("\(method) \(path) → \(exchange.status) is not as documented: \(departure)")
        }
        return Reply(
            status: response.status.code, headers: response.headers, text: String(decoding: body, as: UTF8.self))
    }
}

extension JSONValue {
    init(_ text: String) throws {
        try self.init(parsing: Array(text.utf8))
    }

    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// Where this lacks a key of the documented `example` or has another type there; empty if a client written
    /// against the document would find all it looks for.
    func departures(from example: JSONValue, at path: String = "$") -> [String] {
        switch (self, example) {
        case (.object(let mine), .object(let documented)):
            documented.flatMap { key, value in
                mine[key].map { $0.departures(from: value, at: "\(path).\(key)") } ?? ["\(path).\(key) is missing"]
            }
        case (.array(let mine), .array(let documented)):
            documented.isEmpty || mine.isEmpty
                ? (mine.isEmpty == documented.isEmpty ? [] : ["\(path) has \(mine.count) elements"])
                : mine.flatMap { $0.departures(from: documented[0], at: "\(path)[]") }
        case (.integer, .integer), (.integer, .number), (.number, .number), (.string, .string), (.bool, .bool),
            (.null, .null):
            []
        default:
            ["\(path) is \(self), documented as \(example)"]
        }
    }
}
