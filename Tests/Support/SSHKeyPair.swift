import Foundation

/// A key pair for logging in, made by `ssh-keygen`.
package struct SSHKeyPair: Sendable {
    /// The algorithms of private keys that the console accepts.
    package enum Kind: String, Sendable, CaseIterable {
        case ed25519
        case rsa
        case ecdsa
    }

    /// The text forms of a private key.
    package enum Format: String, Sendable, CaseIterable {
        case openSSH = "RFC4716"
        /// The older form; `ed25519` has none.
        case pem = "PEM"
    }

    package let privateKey: String
    /// One line, as `authorized_keys` wants it.
    package let publicKey: String
    /// `SHA256:…`, as `ssh-keygen -l` prints it.
    package let fingerprint: String

    /// Makes a pair; an empty passphrase leaves the private key in the clear.
    package static func generate(
        _ kind: Kind = .ed25519, passphrase: String = "", format: Format = .openSSH
    ) async throws -> SSHKeyPair {
        let directory = try TemporaryDirectory()
        let path = directory.path("key")
        var arguments = ["-q", "-t", kind.rawValue, "-N", passphrase, "-C", "test", "-f", path]
        if kind == .rsa { arguments += ["-b", "2048"] }
        if format == .pem { arguments += ["-m", "PEM"] }
        try await run("ssh-keygen", arguments)
        let listing = try await run("ssh-keygen", ["-l", "-f", path + ".pub"])
        return SSHKeyPair(
            privateKey: try String(contentsOfFile: path, encoding: .utf8),
            publicKey: try String(contentsOfFile: path + ".pub", encoding: .utf8),
            fingerprint: String(listing.split(separator: " ")[1]))
    }
}
