/// One faulty field of a body or query: what the API lists under `errors` of a 422.
package struct FieldFault: Error, Sendable, Equatable {
    /// The path as the client wrote it, such as `sshConfig.port`.
    package let field: String
    /// What is wrong, as the end of a sentence that starts with the field: `must be between 1 and 65535`.
    package let message: String

    package init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }
}

/// Why a well-formed input cannot be accepted.
package enum Rejection: Error, Sendable, Equatable {
    /// Fields missing, of the wrong type or out of range: 422, all of them at once. Never empty.
    case fields([FieldFault])
    /// Against a rule of the system: 400 with this sentence.
    case rule(String)
}
