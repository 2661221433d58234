import Domain
import Hummingbird

/// A refusal: the status, one sentence for the person who asked, and for a 422 every faulty field.
struct HTTPProblem: Error, Sendable {
    let status: HTTPResponse.Status
    let detail: String
    var faults: [FieldFault] = []
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ detail: String, headers: HTTPFields = [:]) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }

    /// A 422 with all faulty fields; the sentence names them too.
    init(faults: [FieldFault]) {
        let detail =
            switch faults.count {
            case 1: "\(faults[0].field) \(faults[0].message)"
            default: "\(faults.count) fields are not valid: \(faults.map(\.field).joined(separator: ", "))"
            }
        self.init(.unprocessableContent, detail)
        self.faults = faults
    }

    init(_ rejection: Rejection) {
        switch rejection {
        case .fields(let faults): self.init(faults: faults)
        case .rule(let sentence): self.init(.badRequest, sentence)
        }
    }
}

extension HTTPProblem {
    /// 401; the sentence says what to do about it.
    static func unauthorized(_ detail: String) -> HTTPProblem {
        HTTPProblem(.unauthorized, detail, headers: [.wwwAuthenticate: "Bearer"])
    }

    /// 429 for `wait`, rounded up to whole seconds.
    static func tooMany(_ detail: String, retryAfter wait: Double) -> HTTPProblem {
        HTTPProblem(.tooManyRequests, detail, headers: [.retryAfter: String(max(1, Int(wait.rounded(.up))))])
    }

    /// 503: worth another try soon.
    static func unavailable(_ detail: String) -> HTTPProblem {
        HTTPProblem(.serviceUnavailable, detail, headers: [.retryAfter: "2"])
    }

    static let partnerNotFound = HTTPProblem(.notFound, "Partner not found")
    static let bodyTooLarge = HTTPProblem(.contentTooLarge, "The body is larger than 1 MiB")
}
