import Crypto
import CryptoExtras
package import Domain
import Foundation
import Synchronization

/// Hashes passwords with scrypt, off the cooperative pool, two at a time.
package struct PasswordHasher: Sendable {
    private let cost: ScryptCost
    private let desk: HashingDesk
    private let dummy: PasswordHash

    /// `cost` is that of new hashes; a stored hash is checked at its own. At most `waitingLimit` requests wait.
    package init(cost: ScryptCost = .standard, waitingLimit: Int = 32) {
        self.cost = cost
        desk = HashingDesk(waitingLimit: waitingLimit)
        dummy = PasswordHash(cost: cost, salt: Data(count: PasswordHash.saltLength), digest: Data(count: 32))
    }

    /// Parameters, salt and digest as one line of text. Throws `busy` if too many wait already.
    package func hash(_ password: Secret) async throws(PasswordHasherError) -> String {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
        let digest = try await desk.digest(of: password, salt: salt, cost: cost)
        return PasswordHash(cost: cost, salt: salt, digest: digest.withUnsafeBytes { Data($0) }).description
    }

    /// Whether `password` has this hash; a `nil` hash takes the same time and is false.
    ///
    /// Throws `busy` if too many wait already, `unreadable` if the hash is none.
    package func verify(_ password: Secret, against hash: String?) async throws(PasswordHasherError) -> Bool {
        let stored = try hash.map { (text) throws(PasswordHasherError) in try PasswordHash(text) }
        let expected = stored ?? dummy
        let digest = try await desk.digest(of: password, salt: expected.salt, cost: expected.cost)
        // The comparison of keys takes the same time wherever they differ.
        let isEqual = digest == SymmetricKey(data: expected.digest)
        return isEqual && stored != nil
    }
}

/// Why a password could not be hashed or checked.
package enum PasswordHasherError: Error, Sendable {
    /// Too many wait already: try again later.
    case busy
    /// The stored hash is none of ours, or scrypt refused its parameters.
    case unreadable
}

/// Two threads that hash, and a bounded queue before them.
private final class HashingDesk: Sendable {
    private let queue: OperationQueue
    private let unfinished = Mutex(0)
    private let unfinishedLimit: Int

    init(waitingLimit: Int) {
        queue = OperationQueue()
        queue.name = "jobtalk.passwords"
        queue.maxConcurrentOperationCount = 2
        unfinishedLimit = waitingLimit + 2
    }

    func digest(of password: Secret, salt: Data, cost: ScryptCost) async throws(PasswordHasherError) -> SymmetricKey {
        let isAdmitted = unfinished.withLock { count in
            guard count < unfinishedLimit else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw .busy }
        let result: Result<SymmetricKey, PasswordHasherError> = await withCheckedContinuation { continuation in
            queue.addOperation {
                let result = Result { () throws(PasswordHasherError) in try cost.derive(from: password, salt: salt) }
                self.unfinished.withLock { $0 -= 1 }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }
}
