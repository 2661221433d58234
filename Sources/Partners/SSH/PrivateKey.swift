import CSSH
import Domain
import Foundation

/// A parsed private key, to be kept: deriving the key from a passphrase alone takes 150 ms.
///
/// `@unchecked Sendable`: the handle is never changed after `parse`, signing with it reads only and happens on the
/// reactor's thread alone, and it is freed when the last owner lets go.
final class PrivateKey: @unchecked Sendable {
    let handle: ssh_key

    private init(handle: ssh_key) {
        self.handle = handle
    }

    deinit { ssh_key_free(handle) }

    /// Reads PEM or OpenSSH text; a text that cannot be read is the fault of `sshConfig.privateKey` or
    /// `sshConfig.passphrase`.
    ///
    /// How long it takes is for the key to say: by the deadline, or when cancelled, the wait ends with a throw at stage
    /// `ssh-auth`, and the thread that cannot be interrupted is left to itself.
    static func parse(
        _ text: Secret, passphrase: Secret?, deadline: Deadline
    ) async throws(VisitError) -> Result<PrivateKey, FieldFault> {
        let reply = Reply<Result<PrivateKey, FieldFault>>()
        let thread = Thread {
            reply.settle(.success(Result { () throws(FieldFault) in try read(text, passphrase) }))
        }
        thread.name = "key"
        thread.start()
        return try await reply.value(
            by: deadline, late: SSHFault.timeout(deadline, stage: .sshAuth, blaming: .bastion),
            cancelled: SSHFault.cancelled(stage: .sshAuth, blaming: .bastion))
    }

    private static func read(_ text: Secret, _ passphrase: Secret?) throws(FieldFault) -> PrivateKey {
        let armour = KeyArmour(text.clearText)
        let passphrase = passphrase?.clearText ?? ""
        if armour.isEncrypted, passphrase.isEmpty {
            throw FieldFault("sshConfig.passphrase", "is required, because the private key is encrypted")
        }
        var key: ssh_key?
        let status = ssh_pki_import_privkey_base64(armour.text, passphrase, refuseToPrompt, nil, &key)
        guard status == SSH_OK, let key else {
            throw armour.isEncrypted
                ? FieldFault("sshConfig.passphrase", "does not open the private key")
                : FieldFault("sshConfig.privateKey", "is not a private key in PEM or OpenSSH format")
        }
        return PrivateKey(handle: key)
    }
}

/// Keeps libssh and OpenSSL from asking for a passphrase on the terminal.
private let refuseToPrompt: ssh_auth_callback = { _, _, _, _, _, _ in -1 }
