import Crypto
import Domain
import Foundation

/// The secrets of a partner; the raw value is stored, and is part of what a ciphertext is bound to.
enum SecretField: String, CaseIterable {
    case databasePassword
    case sshPassword
    case privateKey
    case passphrase

    /// Together one way to log in to a bastion.
    static let ssh: [SecretField] = [.sshPassword, .privateKey, .passphrase]
}

/// Seals secrets so that the database alone is worth nothing, and a sealed value moved elsewhere does not open.
///
/// AES-256-GCM with a random nonce. The key is HKDF-SHA256 of the operator's text, which therefore has to be
/// random itself: a derivation this fast does not make up for a password.
/// Envelope: version (1 byte, 1), key id (4 bytes), nonce (12), ciphertext, tag (16). The associated data is the
/// envelope's head, the owner and the field, so each of them is vouched for by the tag.
struct SecretVault: Sendable {
    private let key: SymmetricKey
    private let head: Data

    /// Throws `shortKey` if the text has fewer than 32 bytes.
    init(encryptionKey: Secret) throws(StoreError) {
        let text = SymmetricKey(data: Data(encryptionKey.clearText.utf8))
        guard text.bitCount >= 256 else { throw .shortKey }
        key = Self.derive("secrets", from: text, byteCount: 32)
        let keyID = Self.derive("key id", from: text, byteCount: 4)
        head = keyID.withUnsafeBytes { Data([1]) + Data($0) }
    }

    /// Seals a partner's secret.
    func seal(_ secret: Secret, of owner: PartnerID, _ field: SecretField) throws(StoreError) -> Data {
        try seal(Data(secret.clearText.utf8), for: SealedPlace(owner: owner.rawValue, field: field.rawValue))
    }

    /// Opens a partner's secret; throws `damagedSecret` if it was not sealed for this partner and field by this key.
    func open(_ envelope: Data, of owner: PartnerID, _ field: SecretField) throws(StoreError) -> Secret {
        let place = SealedPlace(owner: owner.rawValue, field: field.rawValue)
        guard let clear = open(envelope, for: place), let text = String(bytes: clear, encoding: .utf8) else {
            throw .damagedSecret(field: field.rawValue)
        }
        return Secret(text)
    }

    /// A sealed value that only this key opens: what a store remembers its key by.
    func verifier() throws(StoreError) -> Data {
        try seal(Data(), for: .verifier)
    }

    /// Whether a verifier was sealed with this key.
    func opens(verifier: Data) -> Bool {
        open(verifier, for: .verifier) != nil
    }

    private func seal(_ clear: Data, for place: SealedPlace) throws(StoreError) -> Data {
        do {
            let box = try AES.GCM.seal(clear, using: key, authenticating: head + place.bytes)
            return head + box.nonce + box.ciphertext + box.tag
        } catch {
            throw .database("A secret could not be sealed: \(error)")
        }
    }

    /// `nil` if the envelope is not ours, was changed, or belongs elsewhere.
    private func open(_ envelope: Data, for place: SealedPlace) -> Data? {
        guard envelope.starts(with: head) else { return nil }
        do {
            let box = try AES.GCM.SealedBox(combined: envelope.dropFirst(head.count))
            return try AES.GCM.open(box, using: key, authenticating: head + place.bytes)
        } catch {
            // CryptoKit tells no more than "authentication failure" or "too short": the caller names the field.
            return nil
        }
    }

    private static func derive(_ purpose: String, from text: SymmetricKey, byteCount: Int) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: text, salt: Data("jobtalk admin store".utf8), info: Data(purpose.utf8),
            outputByteCount: byteCount)
    }
}

/// What a sealed value is bound to.
private struct SealedPlace {
    let owner: String
    let field: String

    static let verifier = SealedPlace(owner: "", field: "verifier")

    /// The length keeps two pairs from making the same bytes.
    var bytes: Data {
        Data("\(owner.utf8.count):\(owner)\(field)".utf8)
    }
}
