package import Domain

/// Hashes passwords with scrypt, off the cooperative pool, at most a few at a time.
package struct PasswordHasher: Sendable {
    package init() {
        fatalError("Store helper")
    }

    /// Parameters, salt and digest as one line of text. Throws `busy` if too many wait already.
    package func hash(_ password: Secret) async throws -> String {
        fatalError("Store helper")
    }

    /// Whether `password` has this hash; a `nil` hash takes the same time and is false.
    package func verify(_ password: Secret, against hash: String?) async throws -> Bool {
        fatalError("Store helper")
    }
}
