import Domain
import Foundation
import Hummingbird
import Logging
import NIOCore

/// One request on its way to a handler: routed, its body read and known not to say that it is no JSON.
struct Call: Sendable {
    let request: Request
    /// What stood in the braces of the route's path, percent signs decoded.
    let parameters: [String: String]
    /// The client's address as far as trusted proxies tell; for throttling and logs.
    let client: String
    /// For handlers that take long: tells when nobody waits any more.
    let presence: ClientPresence
    /// Carries the request's id.
    let logger: Logger
    let body: ByteBuffer

    /// The partner named in the path; whether there is one is for the handler to find out.
    var partnerID: PartnerID { PartnerID(parameters["partner_id"] ?? "") }

    /// The body as a JSON object. Throws 400 if it is not JSON, 422 if it is another kind of value.
    func json() throws -> [String: JSONValue] {
        guard body.readableBytes > 0 else {
            throw HTTPProblem(.badRequest, "The body is empty; a JSON object is needed")
        }
        do {
            let value = try JSONValue(parsing: Array(buffer: body))
            guard case .object(let fields) = value else {
                throw HTTPProblem(faults: [FieldFault("body", "must be a JSON object")])
            }
            return fields
        } catch let error as JSONSyntaxError {
            throw HTTPProblem(.badRequest, "The body is not valid JSON: \(error)")
        }
    }

    /// A whole number of the query. Throws 422 if it is none, out of range, or there more than once.
    func query(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws -> Int {
        var reader = QueryReader(request)
        let value = reader.integer(name, in: range)
        try reader.finish()
        return value ?? fallback
    }

    /// `true` or `false` of the query. Throws 422 for anything else.
    func query(_ name: String, default fallback: Bool) throws -> Bool {
        var reader = QueryReader(request)
        let flag = reader.flag(name)
        try reader.finish()
        return flag ?? fallback
    }
}
