import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Users, tokens and settings in the store")
struct UsersTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    private func user(_ name: String) -> User {
        User(
            id: UUID().uuidString.lowercased(), username: name, email: "\(name)@example.com", role: .viewer,
            isActive: true, generation: 1, lastLogin: nil, createdAt: moment())
    }

    @Test("A user is found by id, and by name without regard to case")
    func found() async throws {
        let ann = user("Ann")
        try await store.create(ann, passwordHash: "hash")
        try await store.create(user("admin"), passwordHash: "other")
        let named = try #require(try await store.user(named: "aNN"))
        #expect(named.user == ann && named.passwordHash == "hash")
        #expect(try await store.user(id: ann.id)?.user == ann)
        #expect(try await store.users().map(\.username) == ["admin", "Ann"])
        #expect(try await store.user(named: "bob") == nil)
        #expect(try await store.user(id: "none") == nil)
    }

    @Test("A user name is taken whatever its case")
    func taken() async throws {
        try await store.create(user("Ann"), passwordHash: "hash")
        await #expect { try await store.create(user("ANN"), passwordHash: "other") } throws: { error in
            if case StoreError.usernameTaken = error { true } else { false }
        }
        #expect(try await store.user(named: "ann")?.passwordHash == "hash")
    }

    @Test("A new password raises the generation and keeps one token, in place of an earlier one")
    func password() async throws {
        let ann = user("ann")
        try await store.create(ann, passwordHash: "hash")
        let first = try await store.setPassword(
            of: ann.id, hash: "second", replacing: "hash", keeping: "token 1", of: 1)
        #expect(first.generation == 2 && first.keptTokenID == "token 1")
        let second = try await store.setPassword(of: ann.id, hash: "third", replacing: nil, keeping: nil, of: 2)
        #expect(second.generation == 3 && second.keptTokenID == nil)
        let reopened = try await test.reopened()
        let stored = try #require(try await reopened.store.user(id: ann.id))
        #expect(stored.user == second && stored.passwordHash == "third")
    }

    @Test("The token that changes the password is not kept if its user lost a right meanwhile")
    func endedMeanwhile() async throws {
        let ann = user("ann")
        try await store.create(ann, passwordHash: "hash")
        _ = try await store.update(ann.id, with: UserPatch(isActive: false))
        let changed = try await store.setPassword(
            of: ann.id, hash: "second", replacing: "hash", keeping: "token", of: ann.generation)
        #expect(changed.keptTokenID == nil && changed.generation == 3)
    }

    @Test("Of two changes that know the same old password one wins, and the other learns it")
    func passwordRace() async throws {
        let ann = user("ann")
        try await store.create(ann, passwordHash: "hash")
        _ = try await store.setPassword(of: ann.id, hash: "mine", replacing: "hash", keeping: nil, of: 1)
        await #expect {
            _ = try await store.setPassword(of: ann.id, hash: "theirs", replacing: "hash", keeping: "token", of: 1)
        } throws: { error in
            if case StoreError.passwordChanged = error { true } else { false }
        }
        let stored = try #require(try await store.user(id: ann.id))
        #expect(stored.passwordHash == "mine" && stored.user.generation == 2 && stored.user.keptTokenID == nil)
    }

    @Test("A login is noted")
    func login() async throws {
        let ann = user("ann")
        try await store.create(ann, passwordHash: "hash")
        #expect(try await store.recordLogin(of: ann.id, at: moment(5)))
        #expect(try await store.user(id: ann.id)?.user.lastLogin == moment(5))
        #expect(try await store.recordLogin(of: "none", at: moment(5)) == false)
    }

    @Test("Who is not there is not found")
    func missing() async throws {
        let attempts: [@Sendable () async throws -> Void] = [
            { _ = try await store.setPassword(of: "none", hash: "x", replacing: "hash", keeping: nil, of: 1) },
            { _ = try await store.update("none", with: UserPatch(role: .admin)) },
            { try await store.deleteUser("none") },
        ]
        for attempt in attempts {
            await #expect { try await attempt() } throws: { error in
                if case StoreError.userNotFound = error { true } else { false }
            }
        }
    }

    @Test("A revoked token stays revoked until it expires, restarts included")
    func tokens() async throws {
        try await store.revoke(tokenID: "a", expiresAt: moment(10))
        try await store.revoke(tokenID: "a", expiresAt: moment(10))
        try await store.revoke(tokenID: "b", expiresAt: moment(20))
        let reopened = try await test.reopened()
        #expect(try await reopened.store.revokedTokens(at: moment(5)) == ["a": moment(10), "b": moment(20)])
        #expect(try await reopened.store.revokedTokens(at: moment(10)) == ["b": moment(20)])
    }

    @Test("Every setting is kept; what was never saved has its default")
    func settings() async throws {
        #expect(try await store.settings() == Settings())
        let saved = try await store.updateSettings(at: moment()) { settings in
            settings.refreshInterval = 5
            settings.dataRetentionDays = 6
            settings.alertThreshold = 7
            settings.autoRefreshEnabled = false
            settings.queryTimeout = 8
            settings.connectionTimeout = 9
            settings.concurrentPartnerLimit = 10
            settings.timeZone = "Asia/Kathmandu"
            settings.criticalQueuedThreshold = 11
            settings.criticalUtilizationThreshold = 12
            settings.highQueuedMin = 13
        }
        let reopened = try await test.reopened()
        #expect(try await reopened.store.settings() == saved)
        #expect(saved != Settings())
        // A field of Settings that is not stored would be missing here.
        #expect(Mirror(reflecting: saved).children.count == SettingKey.allCases.count)
        #expect(try await reopened.count("settings") == SettingKey.allCases.count)
    }

    @Test("Refused settings change nothing")
    func refused() async throws {
        await #expect {
            try await store.updateSettings(at: moment()) { (settings) throws(Rejection) in
                settings.refreshInterval = 7
                throw .rule("no")
            }
        } throws: { error in
            if case StoreError.rejected(.rule("no")) = error { true } else { false }
        }
        #expect(try await store.settings() == Settings())
    }

    @Test("A setting of another version is left alone; one that cannot be read is an error, not a default")
    func strangeSettings() async throws {
        try await test.execute("INSERT INTO settings (name, value) VALUES ('fromTheFuture', 'x')")
        #expect(try await store.settings() == Settings())
        try await test.execute("INSERT INTO settings (name, value) VALUES ('queryTimeout', 'soon')")
        await #expect(throws: StoreError.self) { try await store.settings() }
    }
}
