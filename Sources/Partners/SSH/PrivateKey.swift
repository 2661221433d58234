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

    /// Reads PEM or OpenSSH text on a thread of its own. Throws the field at fault, `sshConfig.privateKey` or
    /// `sshConfig.passphrase`.
    static func parse(_ text: Secret, passphrase: Secret?) async throws(FieldFault) -> PrivateKey {
        let outcome = await withCheckedContinuation { waiter in
            let thread = Thread {
                waiter.resume(returning: Result { () throws(FieldFault) in try read(text, passphrase) })
            }
            thread.name = "key"
            thread.start()
        }
        return try outcome.get()
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
