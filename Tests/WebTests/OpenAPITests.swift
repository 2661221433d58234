import Domain
import Foundation
import Hummingbird
import TestSupport
import Testing

@testable import Web

@Suite("The API's document")
struct OpenAPITests {
    @Test("It describes every route and no other, with who may pass")
    func describesRoutes() async throws {
        let document = try OpenAPIDocument.served.get()
        let described = Set(document.operations.map { "\($0.name), \($0.role ?? "open to anybody")" })
        try await Console.run { console, _ in
            let application = try #require(console.app as? Application<WebResponder>)
            let browser = browserRoutes(AssetRoutes(source: .embedded)).map { name(of: $0) }
            let routes = application.responder.routes.routes.filter { !browser.contains(name(of: $0)) }
            let served = Set(routes.map { "\(name(of: $0)), \(role(for: $0))" })
            #expect(served.subtracting(described).sorted() == [], "not documented")
            #expect(described.subtracting(served).sorted() == [], "documented, but not served")
        }
    }

    @Test("It is served as it was written and as JSON, to anybody", arguments: ["yaml", "json"])
    func isServed(_ form: String) async throws {
        try await Console.run { _, client in
            let reply = try await client.get("/openapi.\(form)")
            #expect(reply.status == 200)
            #expect(reply.headers[.contentType] == "application/\(form)")
            #expect(reply.text.hasPrefix(form == "yaml" ? "openapi: 3.1.0\n" : #"{"openapi":"3.1.0","#))
            let tag = try #require(reply.headers[.eTag])
            let known = try await client.get("/openapi.\(form)", headers: [.ifNoneMatch: tag])
            #expect(known.status == 304)
        }
    }

    private func name(of route: Route) -> String { "\(route.method.rawValue) \(route.path)" }

    private func role(for route: Route) -> String {
        switch route.access {
        case .open: "open to anybody"
        case .signedIn(let role): role.rawValue
        }
    }
}
