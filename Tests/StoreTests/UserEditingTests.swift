import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Administrators change users")
struct UserEditingTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    @discardableResult
    private func add(_ name: String, _ role: Role = .viewer, isActive: Bool = true) async throws -> User {
        let user = User(
            id: UUID().uuidString.lowercased(), username: name, email: "\(name)@example.com", role: role,
            isActive: isActive, generation: 1, keptTokenID: "kept", lastLogin: nil, createdAt: moment())
        try await store.create(user, passwordHash: "hash of \(name)")
        return user
    }

    @Test(
        "Only what takes something away, or a new password, ends the user's tokens",
        arguments: [
            (Role.viewer, true, UserPatch(email: "new@example.com"), nil, false),
            (.viewer, true, UserPatch(username: "Bob"), nil, false), (.viewer, true, UserPatch(), nil, false),
            (.viewer, true, UserPatch(role: .admin), nil, false),
            (.viewer, false, UserPatch(isActive: true), nil, false),
            (.viewer, false, UserPatch(isActive: false), nil, false),
            (.admin, true, UserPatch(role: .admin), nil, false),
            (.admin, true, UserPatch(role: .viewer), nil, true), (.viewer, true, UserPatch(isActive: false), nil, true),
            (.viewer, true, UserPatch(), "new hash", true),
        ] as [(Role, Bool, UserPatch, String?, Bool)])
    func tokens(_ role: Role, _ isActive: Bool, _ patch: UserPatch, _ hash: String?, _ end: Bool) async throws {
        try await add("root", .admin)
        let before = try await add("bob", role, isActive: isActive)
        let after = try await store.update(before.id, with: patch, passwordHash: hash)
        #expect(after.generation == (end ? 2 : 1))
        #expect(after.keptTokenID == (end ? nil : "kept"))
        #expect(after.revision == 2)
        let stored = try #require(try await test.reopened().store.user(id: before.id))
        #expect(stored.user == after)
        #expect(stored.passwordHash == hash ?? "hash of bob")
        #expect(after.username == patch.username ?? "bob" && after.email == patch.email ?? "bob@example.com")
        #expect(after.role == patch.role ?? role && after.isActive == patch.isActive ?? isActive)
    }

    @Test("A name can change its case, but not to another's")
    func names() async throws {
        let ann = try await add("ann")
        try await add("bob")
        #expect(try await store.update(ann.id, with: UserPatch(username: "ANN")).username == "ANN")
        #expect(try await store.user(named: "ann")?.user.username == "ANN")
        await #expect {
            try await store.update(ann.id, with: UserPatch(username: "BOB", email: "x@example.com"))
        } throws: { if case StoreError.usernameTaken = $0 { true } else { false } }
        #expect(try await store.user(id: ann.id)?.user.email == "ann@example.com")
    }

    @Test("The last active administrator stays one; any other may go")
    func lastAdmin() async throws {
        let root = try await add("root", .admin)
        try await add("sleeper", .admin, isActive: false)
        let viewer = try await add("viewer")
        let attempts: [@Sendable () async throws -> Void] = [
            { _ = try await store.update(root.id, with: UserPatch(role: .viewer)) },
            { _ = try await store.update(root.id, with: UserPatch(isActive: false)) },
            { try await store.deleteUser(root.id) },
        ]
        for attempt in attempts {
            await #expect { try await attempt() } throws: { if case StoreError.lastAdmin = $0 { true } else { false } }
        }
        #expect(try await store.user(id: root.id)?.user == root)
        _ = try await store.update(root.id, with: UserPatch(email: "root@example.org"), passwordHash: "new")
        try await store.deleteUser(viewer.id)
        try await add("second", .admin)
        try await store.deleteUser(root.id)
        #expect(try await store.users().map(\.username) == ["second", "sleeper"])
    }

    @Test("Of many administrators who go at the same time, one is refused", arguments: 0..<5)
    func lastAdminRace(_ round: Int) async throws {
        var admins: [User] = []
        for number in 0..<8 { admins.append(try await add("admin\(number)", .admin)) }
        let refusals = await withTaskGroup(of: Bool.self) { group in
            for (number, admin) in admins.enumerated() {
                group.addTask { [store] in
                    do {
                        switch number % 3 {
                        case 0: try await store.deleteUser(admin.id)
                        case 1: _ = try await store.update(admin.id, with: UserPatch(role: .viewer))
                        default: _ = try await store.update(admin.id, with: UserPatch(isActive: false))
                        }
                        return false
                    } catch {
                        return true
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refusals == 1)
        #expect(try await store.users().count { $0.isActiveAdmin } == 1)
    }

    @Test("A store of the first version keeps its users")
    func migrates() async throws {
        let directory = try TemporaryDirectory()
        let old = try await SQLiteDatabase.open(path: StoreFiles.database(in: directory.url))
        try await old.transaction { (session) throws(StoreError) in
            try Migrations.run(in: session, upTo: 1)
            try session.execute(
                """
                INSERT INTO users (public_id, username, username_key, email, role, is_active, generation, created_at,
                    password_hash) VALUES ('1', 'Ann', 'ann', 'a@x', 'ADMIN', 1, 4, ?, 'hash')
                """, moment())
        }
        await old.close()
        let ann = try #require(try await TestStore(in: directory).store.users().first)
        #expect(ann.username == "Ann" && ann.generation == 4 && ann.revision == 1)
    }
}
