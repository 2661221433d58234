import Foundation
import HTTPTypes
import Hummingbird

/// Everything for browsers: the page, its files, and the API's document with its two viewers.
struct AssetRoutes: Sendable {
    let source: AssetSource

    /// The page, whatever of its own addresses was asked for.
    func page(_ call: Call) async throws -> Response {
        try await html("index.html", .page, call)
    }

    func swagger(_ call: Call) async throws -> Response {
        try await html("docs/swagger.html", .page, call)
    }

    func redoc(_ call: Call) async throws -> Response {
        try await html("docs/redoc.html", .redoc, call)
    }

    func openAPIJSON(_ call: Call) throws -> Response {
        try document("openapi.json", call)
    }

    func openAPIYAML(_ call: Call) throws -> Response {
        try document("openapi.yaml", call)
    }

    /// A script, a style, a font.
    func file(_ call: Call) async throws -> Response {
        let path = call.parameters["file"] ?? ""
        guard !path.hasSuffix(".html"), let asset = try await source.page(path) else {
            throw HTTPProblem(.notFound, "Not found")
        }
        let caching = source.isImmutable ? "public, max-age=31536000, immutable" : "no-cache"
        return .asset(asset, for: call.request, caching: caching)
    }

    private func html(_ path: String, _ policy: ContentSecurityPolicy, _ call: Call) async throws -> Response {
        guard let asset = try await source.page(path) else { throw HTTPProblem(.notFound, "Not found") }
        var response = Response.asset(asset, for: call.request, caching: "no-cache")
        response.headers[.contentSecurityPolicy] = policy.rawValue
        return response
    }

    private func document(_ name: String, _ call: Call) throws -> Response {
        guard let asset = EmbeddedAssets.all[name] else { throw HTTPProblem(.notFound, "Not found") }
        return .asset(asset, for: call.request, caching: "no-cache")
    }
}

/// What a browser lets our HTML do.
enum ContentSecurityPolicy: String {
    /// Nothing but files of this server, and no code or style inside the HTML.
    case page = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
        connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """
    /// ReDoc writes its styles into the document, and does not work without.
    case redoc = """
        default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
        connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """
}
