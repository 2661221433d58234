import CAssets
package import Foundation

/// A request and what was answered, as far as the API's document speaks of it.
package struct Exchange: Sendable {
    package let method: String
    /// With or without a query.
    package let path: String
    package let status: Int
    /// By name in lower case.
    package let headers: [String: String]
    package let body: Data

    package init(method: String, path: String, status: Int, headers: [String: String], body: Data) {
        self.method = method
        self.path = path
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The description of the API, and what it says about answers.
package struct OpenAPIDocument: Sendable {
    /// One method of one path.
    package struct Operation: Sendable {
        /// `GET /api/partners/{partner_id}`.
        package let name: String
        /// `nil`: open to anybody; else the role that it needs.
        package let role: String?
        let method: String
        let segments: [Substring]
        let takesBody: Bool
        let responses: JSON
    }

    /// As the binary carries it and serves it at `/openapi.json`.
    package static let served = Result { try OpenAPIDocument(embeddedDocument()) }

    package let operations: [Operation]
    private let check: SchemaCheck

    /// Reads the document in JSON.
    package init(_ data: Data) throws {
        let document = try JSON(parsing: data)
        check = SchemaCheck(document: document)
        operations = document["paths"].object.flatMap { path, item in
            item.object.filter { Self.methods.contains($0.key) }.map { method, operation in
                Operation(
                    name: "\(method.uppercased()) \(path)",
                    role: operation["security"] == .array([]) ? nil : operation["x-required-role"].string ?? "",
                    method: method.uppercased(), segments: path.split(separator: "/", omittingEmptySubsequences: false),
                    takesBody: operation["requestBody"] != .null, responses: operation["responses"])
            }
        }
    }

    /// One sentence for each way in which an answer is not as documented; empty if all is well.
    package func departures(of exchange: Exchange) -> [String] {
        let path = exchange.path.split(separator: "?").first.map(String.init) ?? ""
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let candidates = operations.filter { $0.fits(segments) }
        // A literal path wins over one with braces.
        let nearest = candidates.map(\.braces).min()
        let here = candidates.filter { $0.braces == nearest }
        let method = exchange.method == "HEAD" ? "GET" : exchange.method
        if let operation = here.first(where: { $0.method == method }) {
            return departures(of: exchange, from: operation)
        }
        guard path == "/api" || path.hasPrefix("/api/") || !here.isEmpty else { return [] }
        return departuresOfStray(exchange, isKnownPath: !here.isEmpty)
    }

    private static let methods: Set = ["get", "put", "post", "delete", "patch", "head", "options", "trace"]

    private func departures(of exchange: Exchange, from operation: Operation) -> [String] {
        // Refusals of a body that the operation does not ask for are described once, for all of them.
        if !operation.takesBody, [408, 413, 415].contains(exchange.status) { return departuresFromError(exchange) }
        let response = check.resolved(operation.responses[String(exchange.status)])
        guard response != .null else { return ["the status \(exchange.status) is not documented"] }
        return headerDepartures(exchange, response) + bodyDepartures(exchange, response)
    }

    /// What is no operation is refused, with the error that every refusal is; or a browser asks whether it may call.
    private func departuresOfStray(_ exchange: Exchange, isKnownPath: Bool) -> [String] {
        if exchange.method == "OPTIONS", exchange.status == 204 { return [] }
        let refusals = isKnownPath ? [401, 405, 413, 429, 503] : [401, 404, 413, 429, 503]
        guard refusals.contains(exchange.status) else { return ["\(exchange.status), but there is no such operation"] }
        return departuresFromError(exchange)
    }

    private func departuresFromError(_ exchange: Exchange) -> [String] {
        exchange.method == "HEAD" ? [] : schemaDepartures(exchange, ["$ref": "#/components/schemas/Error"])
    }

    private func headerDepartures(_ exchange: Exchange, _ response: JSON) -> [String] {
        response["headers"].object.flatMap { name, header in
            let header = check.resolved(header)
            guard let text = exchange.headers[name.lowercased()] else {
                return header["required"] == true ? ["the header \(name) is missing"] : []
            }
            let schema = check.resolved(header["schema"])
            let value = schema["type"] == "integer" ? Double(text).map(JSON.number) ?? .string(text) : .string(text)
            return check.faults(value, schema, at: name)
        }
    }

    private func bodyDepartures(_ exchange: Exchange, _ response: JSON) -> [String] {
        let content = response["content"].object
        guard !content.isEmpty else { return exchange.body.isEmpty ? [] : ["a body where none is documented"] }
        let type = exchange.headers["content-type"] ?? ""
        let name = type.split(separator: ";").first.map(String.init) ?? ""
        guard let media = content[name] else { return ["the content type \(type) is not documented"] }
        guard exchange.method != "HEAD" else { return exchange.body.isEmpty ? [] : ["a body in answer to HEAD"] }
        guard name == "application/json" else { return [] }
        return schemaDepartures(exchange, media["schema"])
    }

    private func schemaDepartures(_ exchange: Exchange, _ schema: JSON) -> [String] {
        do {
            return check.faults(try JSON(parsing: exchange.body), schema)
        } catch {
            return ["the body is no JSON: \(error)"]
        }
    }

    private static func embeddedDocument() throws -> Data {
        for index in 0..<embeddedFileCount() {
            let file = embeddedFile(index)
            guard String(cString: file.name) == "openapi.json" else { continue }
            return Data(bytes: embeddedBytes() + file.start, count: file.size)
        }
        throw NotEmbedded()
    }
}

/// The tests were built before Scripts/setup had laid the document out.
private struct NotEmbedded: Error, CustomStringConvertible {
    let description = "openapi.json is not in this build: run Scripts/setup and build again"
}

extension OpenAPIDocument.Operation {
    fileprivate var braces: Int { segments.count { $0.hasPrefix("{") } }

    fileprivate func fits(_ path: [Substring]) -> Bool {
        path.count == segments.count
            && zip(segments, path).allSatisfy { $0.hasPrefix("{") ? !$1.isEmpty : $0 == $1 }
    }
}
