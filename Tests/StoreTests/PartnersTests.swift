import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Partners in the store")
struct PartnersTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    @Test("A partner comes back as it went in, its secrets only through access")
    func roundTrip() async throws {
        let created = try await store.add(draft(), due: moment(5), at: moment(1))
        let id = created.partner.id
        #expect(created.partner.configuration == draft().configuration)
        #expect(created.partner.revision == 1)
        #expect(created.partner.createdAt == moment(1) && created.partner.updatedAt == moment(1))
        #expect(created.sync == SyncState(nextSyncAt: moment(5)))
        #expect(created.pending.isEmpty)
        #expect(try await store.partner(id: id) == created)
        #expect(
            try await store.access(to: id) == PartnerAccess(partner: created.partner, secrets: draft().secrets))
    }

    @Test(
        "Each kind of credential comes back",
        arguments: [
            PartnerSecrets(),
            PartnerSecrets(databasePassword: Secret("x")),
            PartnerSecrets(ssh: .password(Secret("pässword\u{0}🔑"))),
            PartnerSecrets(ssh: .privateKey(Secret("key"), passphrase: nil)),
        ])
    func credentials(secrets: PartnerSecrets) async throws {
        let id = try await store.add(draft(secrets: secrets)).partner.id
        let access = try #require(try await store.access(to: id))
        #expect(access.secrets == secrets)
        #expect(access.partner.configuration.ssh.authMethod == secrets.ssh?.method)
    }

    @Test("Who is not there is nil, or not found")
    func missing() async throws {
        #expect(try await store.partner(id: .random()) == nil)
        #expect(try await store.access(to: .random()) == nil)
        #expect(try await store.connectionLogs(of: .random(), limit: 10).isEmpty)
        let attempts: [@Sendable () async throws -> Void] = [
            { try await store.delete(.random()) },
            { try await store.schedule(.random(), at: nil) },
            { _ = try await store.update(.random(), by: "a", reason: nil, at: moment()) { _ in } },
        ]
        for attempt in attempts {
            await #expect { try await attempt() } throws: { error in
                if case StoreError.partnerNotFound = error { true } else { false }
            }
        }
    }

    @Test("Partners are listed by name without regard to case, the inactive included")
    func order() async throws {
        for name in ["delta", "Bravo", "alpha", "Charlie"] {
            try await store.add(draft(name, isActive: name != "Bravo"))
        }
        #expect(
            try await store.partners().map(\.partner.configuration.name) == ["alpha", "Bravo", "Charlie", "delta"])
    }

    @Test(
        "Names that differ in case alone are one name, in any script",
        arguments: [
            ("Acme", "ACME"), ("Straße", "STRASSE"), ("ΣΑΣ", "σας"), ("Ñandú", "ñANDÚ"), ("Жук", "жУК"),
            ("Caf\u{e9}", "CAFE\u{301}"),
        ])
    func takenNames(first: String, second: String) async throws {
        try await store.add(draft(first))
        let other = try await store.add(draft("Other")).partner.id
        await #expect { try await store.add(draft(second)) } throws: { error in
            if case StoreError.partnerNameTaken = error { true } else { false }
        }
        await #expect {
            try await store.update(other, by: "a", reason: nil, at: moment()) { $0.configuration.name = second }
        } throws: { error in
            if case StoreError.partnerNameTaken = error { true } else { false }
        }
        #expect(try await store.partners().count == 2)
    }

    @Test("A partner may change the case of its own name, and a name with another accent is free")
    func freeNames() async throws {
        let id = try await store.add(draft("Acme")).partner.id
        let renamed = try await store.update(id, by: "a", reason: nil, at: moment()) { $0.configuration.name = "ACME" }
        #expect(renamed.partner.configuration.name == "ACME")
        try await store.add(draft("Ácme"))
    }

    @Test("An inactive partner is never scheduled")
    func inactive() async throws {
        let id = try await store.add(draft(isActive: false), due: moment(5)).partner.id
        #expect(try await store.partner(id: id)?.sync.nextSyncAt == nil)
        try await store.schedule(id, at: moment(9))
        #expect(try await store.partner(id: id)?.sync.nextSyncAt == nil)
    }

    @Test("Scheduling forgets the restraint of a failure, not the count")
    func schedule() async throws {
        let id = try await store.add(draft()).partner.id
        _ = try await store.record(failure(id, kind: .sshLogin))
        try await store.schedule(id, at: moment(9))
        let sync = try #require(try await store.partner(id: id)?.sync)
        #expect(sync.nextSyncAt == moment(9) && sync.lastFailure == nil && sync.consecutiveFailures == 1)
    }

    @Test("Removing a partner removes all that is its own, and nobody else's")
    func delete() async throws {
        for name in ["Goes", "Stays"] {
            let id = try await store.add(draft(name)).partner.id
            _ = try await store.record(success(id, takenOver: [.concurrencyLimit(77)]))
            _ = try await store.record(failure(id, at: moment(1)))
        }
        let goes = try #require(try await store.partners().first).partner.id
        try await store.delete(goes)
        #expect(try await store.partners().map(\.partner.configuration.name) == ["Stays"])
        for (table, left) in [
            ("sync_states", 1), ("secrets", 3), ("snapshots", 1), ("connection_logs", 1), ("setting_changes", 1),
        ] {
            #expect(try await test.count(table) == left, "\(table)")
        }
        try await store.add(draft("Goes"))
    }
}

@Suite("Pinning a host key")
struct PinningTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    static let fingerprint = "SHA256:" + String(repeating: "A", count: 43)
    static let other = "SHA256:" + String(repeating: "E", count: 43)
    static let seen = HostKeyPin(keyType: "ssh-ed25519", fingerprint: fingerprint)

    @Test(
        "The key that a login saw is pinned if there is no pin, or the same without its type, and the partner unchanged",
        arguments: [
            (nil, 1, seen),
            (HostKeyPin(keyType: nil, fingerprint: fingerprint), 1, seen),
            (HostKeyPin(keyType: nil, fingerprint: other), 1, HostKeyPin(keyType: nil, fingerprint: other)),
            (
                HostKeyPin(keyType: "ssh-rsa", fingerprint: fingerprint), 1,
                HostKeyPin(keyType: "ssh-rsa", fingerprint: fingerprint)
            ),
            (nil, 2, nil),
        ] as [(HostKeyPin?, Int64, HostKeyPin?)])
    func pin(stored: HostKeyPin?, revision: Int64, expected: HostKeyPin?) async throws {
        var draft = draft()
        draft.configuration.ssh.hostKey = stored
        let id = try await store.add(draft).partner.id
        try await store.pin(Self.seen, for: id, revision: revision)
        let partner = try #require(try await store.partner(id: id)).partner
        #expect(partner.configuration.ssh.hostKey == expected)
        #expect(partner.revision == 1)
    }
}
