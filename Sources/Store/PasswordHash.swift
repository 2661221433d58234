import Crypto
import CryptoExtras
import Domain
import Foundation

/// How much work a password's hash is.
package struct ScryptCost: Sendable, Equatable {
    /// N = 2^logN.
    let logN: Int
    let blockSize: Int
    let parallelism: Int

    /// N = 2^15, r = 8, p = 3: one of the settings of equal strength in OWASP's password storage cheat sheet.
    /// Of those, it needs a quarter of the memory of N = 2^17, p = 1: 32 MiB.
    package static let standard = ScryptCost(logN: 15, blockSize: 8, parallelism: 3)

    /// N = 2^`logN`, r = `blockSize`, p = `parallelism`: N × r × 128 bytes of memory for each of the two threads.
    package init(logN: Int, blockSize: Int, parallelism: Int) {
        self.logN = logN
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// What we are ready to compute for a stored hash: beyond it, the hash is damaged.
    fileprivate var isBearable: Bool {
        (1...18).contains(logN) && (1...16).contains(blockSize) && (1...8).contains(parallelism)
    }

    /// The password counts in its canonical composition, so that one typed on another system is the same.
    func derive(from password: Secret, salt: Data) throws(PasswordHasherError) -> SymmetricKey {
        // The closing zero byte: the library's wrapper does not stand an empty password.
        let text = Data(password.clearText.precomposedStringWithCanonicalMapping.utf8) + [0]
        do {
            return try KDF.Scrypt.deriveKey(
                from: text, salt: salt, outputByteCount: PasswordHash.digestLength, rounds: 1 << logN,
                blockSize: blockSize,
                parallelism: parallelism)
        } catch {
            throw .unreadable
        }
    }
}

/// A password's hash as it is stored: `$scrypt$ln=15,r=8,p=3$<salt>$<digest>`, both in Base64.
struct PasswordHash: Sendable, CustomStringConvertible {
    static let saltLength = 16
    static let digestLength = 32

    let cost: ScryptCost
    let salt: Data
    let digest: Data

    init(cost: ScryptCost, salt: Data, digest: Data) {
        self.cost = cost
        self.salt = salt
        self.digest = digest
    }

    init(_ text: String) throws(PasswordHasherError) {
        let shape = /\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,2}),p=([0-9]{1,2})\$([A-Za-z0-9+\/=]+)\$([A-Za-z0-9+\/=]+)/
        guard let match = text.wholeMatch(of: shape)?.output,
            let logN = Int(match.1), let blockSize = Int(match.2), let parallelism = Int(match.3),
            let salt = Data(base64Encoded: String(match.4)), let digest = Data(base64Encoded: String(match.5)),
            digest.count == Self.digestLength
        else { throw .unreadable }
        self.init(
            cost: ScryptCost(logN: logN, blockSize: blockSize, parallelism: parallelism), salt: salt, digest: digest)
        guard cost.isBearable else { throw .unreadable }
    }

    var description: String {
        "$scrypt$ln=\(cost.logN),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(salt.base64EncodedString())$\(digest.base64EncodedString())"
    }
}
