import Foundation

/// A JSON document as the client sent it, before anybody asks what it should be.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// Written without fraction or exponent, and it fits.
    case integer(Int64)
    /// Everything else that is a number; infinite if it is larger than any `Double`.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads one document. Throws where it stops being JSON.
    init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        var parser = try JSONParser(bytes)
        self = try parser.document()
    }
}

/// Why a body is not JSON: safe to show, because it names a place and never the content.
struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    let reason: String
    /// Counted from 0, in bytes.
    let offset: Int

    var description: String { "\(reason) at byte \(offset)" }
}
