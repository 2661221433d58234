import Domain
import Foundation
import Testing

@testable import Store

@Suite("Password hashes")
struct PasswordHasherTests {
    private let cheap = PasswordHasher(cost: ScryptCost(logN: 4, blockSize: 8, parallelism: 1))

    @Test("A password has its own hash and no other", arguments: ["correct horse", "pässwörd 🔑", "", "\u{0}"])
    func verify(password: String) async throws {
        let hash = try await cheap.hash(Secret(password))
        #expect(hash.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(try await cheap.verify(Secret(password), against: hash))
        #expect(try await !cheap.verify(Secret(password + "x"), against: hash))
        #expect(try await cheap.hash(Secret(password)) != hash)
    }

    @Test("Two ways to type the same letters are one password")
    func composition() async throws {
        let hash = try await cheap.hash(Secret("caf\u{e9} secret"))
        #expect(try await cheap.verify(Secret("cafe\u{301} secret"), against: hash))
    }

    @Test("A hash is checked at the cost it was made with")
    func storedCost() async throws {
        let hash = try await PasswordHasher(cost: ScryptCost(logN: 5, blockSize: 4, parallelism: 2)).hash(Secret("x"))
        #expect(try await cheap.verify(Secret("x"), against: hash))
    }

    @Test("scrypt is what others compute")
    func knownAnswer() async throws {
        // Python: hashlib.scrypt(b"pleaseletmein\0", salt=b"SodiumChloride", n=16384, r=8, p=1, dklen=32)
        let salt = Data("SodiumChloride".utf8).base64EncodedString()
        let hash = "$scrypt$ln=14,r=8,p=1$\(salt)$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI="
        #expect(try await cheap.verify(Secret("pleaseletmein"), against: hash))
        #expect(try await !cheap.verify(Secret("pleaseletmeim"), against: hash))
    }

    @Test("Without a hash the answer is no, after as much work")
    func nobody() async throws {
        let hasher = PasswordHasher(cost: ScryptCost(logN: 14, blockSize: 8, parallelism: 1))
        let hash = try await hasher.hash(Secret("correct horse"))
        var somebody: [Duration] = []
        var nobody: [Duration] = []
        for _ in 0..<7 {
            somebody.append(try await time(hasher, against: hash))
            nobody.append(try await time(hasher, against: nil))
        }
        // The quickest of each: what the machine does besides only adds.
        let ratio = try #require(nobody.min()) / (try #require(somebody.min()))
        #expect((0.5...2).contains(ratio), "\(ratio)")
    }

    private func time(_ hasher: PasswordHasher, against hash: String?) async throws -> Duration {
        let start = ContinuousClock.now
        let isRight = try await hasher.verify(Secret("wrong"), against: hash)
        #expect(!isRight)
        return ContinuousClock.now - start
    }

    @Test(
        "What is no hash of ours, or of unbearable cost, is an error",
        arguments: [
            "", "plain text", "$scrypt$ln=15,r=8,p=3$AAAA$AAAA",
            "$scrypt$ln=40,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "$scrypt$ln=4,r=99,p=1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ])
    func unreadable(hash: String) async {
        await #expect(throws: PasswordHasherError.unreadable) { try await cheap.verify(Secret("x"), against: hash) }
    }

    @Test("Beyond those at work and those that may wait, the answer is busy; afterwards there is room again")
    func busy() async throws {
        let hasher = PasswordHasher(cost: ScryptCost(logN: 14, blockSize: 8, parallelism: 1), waitingLimit: 3)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    do throws(PasswordHasherError) {
                        _ = try await hasher.hash(Secret("x"))
                        return true
                    } catch {
                        #expect(error == .busy)
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains(true) && outcomes.contains(false))
        _ = try await hasher.hash(Secret("x"))
    }

    @Test("The standard cost is one of equal strength to N = 2^17, r = 8, p = 1")
    func standard() async throws {
        #expect(ScryptCost.standard == ScryptCost(logN: 15, blockSize: 8, parallelism: 3))
        let hash = try await PasswordHasher().hash(Secret("correct horse"))
        #expect(try await PasswordHasher().verify(Secret("correct horse"), against: hash))
    }
}
