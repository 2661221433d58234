import CSSH
import Domain

/// A parsed private key, to be kept: deriving the key from a passphrase alone takes 150 ms.
final class PrivateKey: Sendable {
    /// Reads PEM or OpenSSH text on a thread of its own. Throws the field at fault, `sshConfig.privateKey` or
    /// `sshConfig.passphrase`.
    static func parse(_ text: Secret, passphrase: Secret?) async throws(FieldFault) -> PrivateKey {
        fatalError("SSH helper")
    }
}
