import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The connection that a request came over.
struct Connection: InitializableFromSource {
    let peer: IPAddress?
    let presence: ClientPresence

    init(source: ApplicationRequestContextSource) {
        presence = ClientPresence(on: source.channel)
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    }
}

/// Answers every request: names it, judges it in the order that clients may rely on, renders refusals, logs it.
struct WebResponder: HTTPResponder {
    let routes: RouteTable
    /// Answers the addresses that the page made up for itself.
    let page: @Sendable (Call) async throws -> Response
    let authenticator: Authenticator
    let quota: RequestQuota?
    let cors: CORS
    let proxies: TrustedProxies
    let logger: Logger

    func respond(to request: Request, context: Connection) async throws -> Response {
        let started = ContinuousClock.now
        let requestID = RequestID.of(request)
        let client = context.peer.map { proxies.client(peer: $0, forwardedFor: request.headers[.xForwardedFor]) }
        var logger = logger
        logger[metadataKey: "requestId"] = "\(requestID)"

        var response: Response
        do {
            response = try await answer(
                request, from: client?.household.description ?? "local", presence: context.presence, logger: logger)
        } catch let broken as RequestIntake.Broken {
            logger.debug("request broke off", metadata: ["error": "\(broken.cause)"])
            throw broken.cause
        } catch {
            response = ErrorAnswer.response(to: error, logger: logger)
        }
        response = response.suited(to: request)
        complete(&response, for: request, requestID: requestID)
        log(request, response, from: client, took: started.duration(to: .now), logger: logger)
        return response
    }

    private func answer(
        _ request: Request, from client: String, presence: ClientPresence, logger: Logger
    ) async throws -> Response {
        guard !Task.isShuttingDownGracefully else { throw HTTPProblem.unavailable("The server is stopping") }
        if let response = cors.preflight(request) { return response.withoutLength() }
        let (route, parameters, session): (Route, [String: String], Session?)
        do {
            (route, parameters, session) = try await admit(request)
        } catch {
            try await RequestIntake.discardBody(of: request)
            throw error
        }
        let body = try await RequestIntake.body(of: request)
        // A body may take half a minute to come, and its sender may have been signed out meanwhile.
        if let session, !authenticator.isGood(session) {
            throw HTTPProblem.unauthorized("The session has ended; sign in again")
        }
        try refuseForeignBody(body, of: request)
        let call = Call(
            request: request, parameters: parameters, client: client, presence: presence, logger: logger, body: body)
        return try await route.handler(call, session)
    }

    /// Token, then path, then method, then role.
    private func admit(_ request: Request) async throws -> (Route, [String: String], Session?) {
        let path = request.uri.path
        let match = routes.match(path)
        let session = isOpen(path, match) ? nil : try await authenticator.session(of: request)
        if let session { try quota?.spend(by: session.user.id) }
        guard let match else {
            guard isPageAddress(request) else { throw HTTPProblem(.notFound, "Not found") }
            return (Route(.get, path, .open, page), [:], nil)
        }
        guard let route = match[request.method] else {
            throw HTTPProblem(.methodNotAllowed, "Method not allowed", headers: [.allow: match.allow])
        }
        guard route.access != .admin || session?.user.role == .admin else {
            throw HTTPProblem(.forbidden, "Only a user with the role ADMIN may do this")
        }
        return (route, match.parameters, session)
    }

    /// A browser that goes to an address which only the page understands, `/partners/…`; never one under `/api`.
    private func isPageAddress(_ request: Request) -> Bool {
        (request.method == .get || request.method == .head) && !isUnderAPI(request.uri.path)
            && request.headers[.accept]?.lowercased().contains("text/html") == true
    }

    /// Under `/api` even an unknown path needs a token.
    private func isOpen(_ path: String, _ match: RouteTable.Match?) -> Bool {
        if let match { return match.routes.values.contains { $0.access == .open } }
        return !isUnderAPI(path)
    }

    private func isUnderAPI(_ path: String) -> Bool {
        path == "/api" || path.hasPrefix("/api/")
    }

    /// 415 for a body that says it is not JSON in UTF-8; one that says nothing gets the benefit of the doubt.
    private func refuseForeignBody(_ body: ByteBuffer, of request: Request) throws {
        guard body.readableBytes > 0, let header = request.headers[.contentType] else { return }
        let parts = header.lowercased().split(separator: ";").map { $0.filter { !$0.isWhitespace && $0 != "\"" } }
        let type = parts.first ?? ""
        let charset = parts.first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count) ?? "utf-8"
        guard type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json"),
            charset == "utf-8" || charset == "utf8"
        else { throw HTTPProblem(.unsupportedMediaType, "The body must be application/json in UTF-8") }
    }

    private func complete(_ response: inout Response, for request: Request, requestID: String) {
        for field in cors.headers(for: request) { response.headers.append(field) }
        response.headers[.xRequestID] = requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.xFrameOptions] = "DENY"
        response.headers[.referrerPolicy] = "no-referrer"
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }

    /// Polls that went well are many and say little: they are for debugging.
    private func log(
        _ request: Request, _ response: Response, from client: IPAddress?, took: Duration, logger: Logger
    ) {
        let isQuiet = (request.method == .get || request.method == .head) && response.status.code < 400
        logger.log(
            level: isQuiet ? .debug : .info, "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path.prefix(200))",
                "status": "\(response.status.code)", "client": "\(client?.description ?? "local")",
                "ms": "\(Int((took / .milliseconds(1)).rounded()))",
            ])
    }
}

/// The name of a request in answers and logs.
private enum RequestID {
    /// The client's own if it is short and plain, else a new one.
    static func of(_ request: Request) -> String {
        if let own = request.headers[.xRequestID], (1...64).contains(own.utf8.count), own.utf8.allSatisfy(isPlain) {
            return own
        }
        return UUID().uuidString.lowercased()
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default:
            false
        }
    }
}

extension HTTPField.Name {
    // The literals are valid names, so none of these can fail.
    static let xRequestID = HTTPField.Name("X-Request-Id")!
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
    static let xFrameOptions = HTTPField.Name("X-Frame-Options")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
