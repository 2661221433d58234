import Foundation
import Hummingbird

/// Which pages of other origins may call us from a browser.
struct CORS: Sendable {
    private let origins: Set<String>
    private let allowsAny: Bool

    init(origins: [String]) {
        self.origins = Set(origins)
        allowsAny = origins.contains("*")
    }

    /// The answer to a browser that asks before it calls; `nil` if this is no such question or its origin is not ours.
    func preflight(_ request: Request) -> Response? {
        guard request.method == .options, request.headers.contains(.accessControlRequestMethod),
            !headers(for: request)[values: .accessControlAllowOrigin].isEmpty
        else { return nil }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: "GET, HEAD, POST, PUT, DELETE",
                .accessControlAllowHeaders: "Authorization, Content-Type, If-None-Match, Last-Event-ID, X-Request-Id",
                .accessControlMaxAge: "600",
            ])
    }

    /// What every response says to a browser.
    func headers(for request: Request) -> HTTPFields {
        guard allowsAny || !origins.isEmpty else { return [:] }
        var headers: HTTPFields = allowsAny ? [:] : [.vary: "Origin"]
        guard let origin = request.headers[.origin], allowsAny || origins.contains(origin) else { return headers }
        headers[.accessControlAllowOrigin] = allowsAny ? "*" : origin
        headers[.accessControlExposeHeaders] = "ETag, Last-Event-ID, Retry-After, X-Request-Id"
        if !allowsAny { headers[.accessControlAllowCredentials] = "true" }
        return headers
    }
}
