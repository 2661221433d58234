import Domain
import Foundation
import Hummingbird

/// One line of the route table.
struct Route: Sendable {
    /// Who may pass.
    enum Access: Sendable, Equatable {
        /// Anybody, without a token.
        case open
        /// Whoever signed in with at least this role.
        case signedIn(Role)

        static let viewer = Access.signedIn(.viewer)
        static let admin = Access.signedIn(.admin)
    }

    let method: HTTPRequest.Method
    /// Segments in braces match anything but a slash: `/api/partners/{partner_id}`. A last one with a star matches
    /// all the rest: `/assets/{file*}`.
    let path: String
    let access: Access
    /// The session is `nil` exactly on open routes.
    let handler: @Sendable (Call, Session?) async throws -> Response

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access,
        _ handler: @escaping @Sendable (Call) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.handler = { call, _ in try await handler(call) }
    }

    /// For handlers that ask who is there.
    init(
        _ method: HTTPRequest.Method, _ path: String, signedIn role: Role,
        _ handler: @escaping @Sendable (Call, Session) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.access = .signedIn(role)
        self.handler = { call, session in
            guard let session else { throw HTTPProblem.unauthorized("Not signed in") }
            return try await handler(call, session)
        }
    }
}

/// Finds the routes of a path.
struct RouteTable: Sendable {
    /// What a path leads to: its routes by method and the values of its braces.
    struct Match: Sendable {
        let routes: [HTTPRequest.Method: Route]
        let parameters: [String: String]

        /// The route for a method; `HEAD` is answered like `GET`.
        subscript(method: HTTPRequest.Method) -> Route? {
            routes[method] ?? (method == .head ? routes[.get] : nil)
        }

        /// The value of `Allow`, in a fixed order.
        var allow: String {
            let order: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete]
            return order.filter { self[$0] != nil }.map(\.rawValue).joined(separator: ", ")
        }
    }

    private struct Template: Sendable {
        let segments: [Substring]
        var routes: [HTTPRequest.Method: Route]

        private var takesRest: Bool { segments.last?.hasSuffix("*}") == true }

        func parameters(of path: [Substring]) -> [String: String]? {
            guard path.count == segments.count || takesRest && path.count > segments.count else { return nil }
            let rest = path.dropFirst(segments.count - 1).joined(separator: "/")
            let path = path.prefix(segments.count - 1) + [rest[...]]
            var parameters: [String: String] = [:]
            for (segment, text) in zip(segments, path) {
                if segment.hasPrefix("{") {
                    guard !text.isEmpty, let value = text.removingPercentEncoding else { return nil }
                    parameters[segment.trimmingCharacters(in: ["{", "}", "*"])] = value
                } else if segment != text {
                    return nil
                }
            }
            return parameters
        }
    }

    /// Every route, in reading order.
    let routes: [Route]
    private var literal: [String: [HTTPRequest.Method: Route]] = [:]
    private var templates: [Template] = []

    init(_ routes: [Route]) {
        self.routes = routes
        for route in routes {
            add(route)
        }
    }

    /// A literal path wins over one with braces.
    func match(_ path: String) -> Match? {
        if let routes = literal[path] { return Match(routes: routes, parameters: [:]) }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for template in templates {
            if let parameters = template.parameters(of: segments) {
                return Match(routes: template.routes, parameters: parameters)
            }
        }
        return nil
    }

    private mutating func add(_ route: Route) {
        guard route.path.contains("{") else {
            literal[route.path, default: [:]][route.method] = route
            return
        }
        let segments = route.path.split(separator: "/", omittingEmptySubsequences: false)
        if let index = templates.firstIndex(where: { $0.segments == segments }) {
            templates[index].routes[route.method] = route
        } else {
            templates.append(Template(segments: segments, routes: [route.method: route]))
        }
    }
}
