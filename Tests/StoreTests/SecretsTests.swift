import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Sealed secrets")
struct SecretsTests {
    let test: TestStore

    init() async throws {
        test = try await TestStore()
    }

    @Test("No secret is in the bytes of any file, while open, after an edit, and after closing")
    func notOnDisk() async throws {
        let planted = [
            "planted-database-password", "planted-private-key", "planted-passphrase", "planted-ssh-password",
        ]
        let id = try await test.store.add(draft()).partner.id
        try expectAbsent(planted)
        _ = try await test.store.update(id, by: "ann", reason: nil, at: moment()) {
            $0.secrets.ssh = .password(Secret("planted-ssh-password"))
        }
        try expectAbsent(planted)
        await test.store.close()
        try expectAbsent(planted)
    }

    private func expectAbsent(_ planted: [String]) throws {
        var all = Data()
        for file in try test.files() {
            all += try Data(contentsOf: file)
        }
        // The search itself works: what is not secret is found.
        #expect(all.range(of: Data("db.example.com".utf8)) != nil)
        for secret in planted {
            #expect(all.range(of: Data(secret.utf8)) == nil, "\(secret)")
        }
    }

    @Test("Two secrets of the same text are sealed differently")
    func nonces() async throws {
        let twin = PartnerSecrets(databasePassword: Secret("same"), ssh: .password(Secret("same")))
        try await test.store.add(draft("First", secrets: twin))
        try await test.store.add(draft("Second", secrets: twin))
        let sealed = try await test.rows("SELECT sealed FROM secrets").map { try $0.get("sealed") as Data }
        #expect(sealed.count == 4 && Set(sealed).count == 4)
        // Version, key id, nonce, text, tag.
        #expect(sealed.allSatisfy { $0.count == 1 + 4 + 12 + 4 + 16 && $0[0] == 1 })
    }

    @Test("A ciphertext moved to another partner, or to another field, does not open")
    func moved() async throws {
        let first = try await test.store.add(draft("First")).partner.id
        let second = try await test.store.add(draft("Second")).partner.id
        try await test.execute(
            """
            UPDATE secrets SET sealed = (SELECT sealed FROM secrets s JOIN partners p ON p.id = s.partner
                WHERE p.public_id = ? AND field = 'databasePassword')
            WHERE field = 'databasePassword'
            """, first)
        #expect(try await test.store.access(to: first) != nil)
        await expectDamaged("databasePassword", of: second)
        try await test.execute(
            """
            UPDATE secrets SET sealed = (SELECT sealed FROM secrets s JOIN partners p ON p.id = s.partner
                WHERE p.public_id = ? AND field = 'passphrase')
            WHERE field = 'privateKey'
            """, first)
        await expectDamaged("privateKey", of: first)
    }

    @Test("A sealed value with any bit changed, or cut short, does not open")
    func tampered() async throws {
        let owner = PartnerID.random()
        let vault = try SecretVault(encryptionKey: TestStore.key)
        let sealed = try vault.seal(Secret("text"), of: owner, .passphrase)
        #expect(try vault.open(sealed, of: owner, .passphrase) == Secret("text"))
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: StoreError.self) { try vault.open(changed, of: owner, .passphrase) }
        }
        for length in 0..<sealed.count {
            #expect(throws: StoreError.self) { try vault.open(sealed.prefix(length), of: owner, .passphrase) }
        }
    }

    @Test("A damaged secret hinders nobody else, and can still be removed with its partner")
    func damageIsContained() async throws {
        let first = try await test.store.add(draft("First")).partner.id
        let second = try await test.store.add(draft("Second")).partner.id
        try await test.execute(
            "UPDATE secrets SET sealed = ? WHERE partner = (SELECT id FROM partners WHERE public_id = ?)",
            Data("damaged".utf8), first)
        #expect(try await test.store.partners().count == 2)
        #expect(try await test.store.access(to: second) != nil)
        await #expect(throws: StoreError.self) { try await test.store.access(to: first) }
        try await test.store.delete(first)
    }

    @Test("A damaged secret counts as absent for an edit, and can be entered again")
    func reentered() async throws {
        let id = try await test.store.add(draft()).partner.id
        try await test.execute("UPDATE secrets SET sealed = ?", Data("damaged".utf8))
        let found = try #require(try await test.store.draft(of: id))
        #expect(found.configuration == draft().configuration && found.secrets == PartnerSecrets())
        _ = try await test.store.update(id, by: "ann", reason: nil, at: moment()) {
            $0.secrets.databasePassword = Secret("new")
        }
        await #expect(throws: StoreError.self) { try await test.store.access(to: id) }
        _ = try await test.store.update(id, by: "ann", reason: nil, at: moment()) {
            $0.secrets.ssh = .password(Secret("other"))
        }
        let secrets = PartnerSecrets(databasePassword: Secret("new"), ssh: .password(Secret("other")))
        #expect(try await test.store.access(to: id)?.secrets == secrets)
    }

    @Test("A private key whose passphrase is damaged is asked for with it")
    func damagedPassphrase() async throws {
        let id = try await test.store.add(draft()).partner.id
        try await test.execute("UPDATE secrets SET sealed = ? WHERE field = 'passphrase'", Data("damaged".utf8))
        let found = try #require(try await test.store.draft(of: id))
        #expect(found.secrets == PartnerSecrets(databasePassword: draft().secrets.databasePassword))
    }

    private func expectDamaged(_ field: String, of id: PartnerID) async {
        await #expect {
            try await test.store.access(to: id)
        } throws: { error in
            if case StoreError.damagedSecret(field: field) = error { true } else { false }
        }
    }
}
