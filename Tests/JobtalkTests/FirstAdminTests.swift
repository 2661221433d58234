import Domain
import Foundation
import Store
import Testing
import TestSupport

@testable import jobtalk

@Suite("The first administrator")
struct FirstAdminTests {
    let directory: TemporaryDirectory
    let store: AdminStore
    let hasher = PasswordHasher(cost: ScryptCost(logN: 4, blockSize: 8, parallelism: 1))
    let now = Date(timeIntervalSince1970: 1_762_963_200)

    init() async throws {
        directory = try TemporaryDirectory()
        store = try await AdminStore.open(
            directory: directory.url, encryptionKey: Secret("a key for nothing but this one test"))
    }

    @Test("The given password is taken, and not shown")
    func given() async throws {
        var configuration = Configuration()
        configuration.adminPassword = .success(Secret("correct horse"))
        configuration.adminEmail = "ops@example.org"
        #expect(try await admin.create(configuration, isTerminal: true, now: now) == nil)
        let stored = try #require(try await store.user(named: "admin"))
        #expect(stored.user.role == .admin && stored.user.isActive && stored.user.email == "ops@example.org")
        #expect(try await hasher.verify(Secret("correct horse"), against: stored.passwordHash))
    }

    @Test("On a terminal a password is made up, shown, strong, and another each time")
    func madeUp() async throws {
        let password = try #require(try await admin.create(Configuration(), isTerminal: true, now: now))
        #expect(PasswordRules.fault(of: password, username: "admin") == nil)
        #expect(password.clearText.count == 23)
        let stored = try #require(try await store.user(named: "admin"))
        #expect(try await hasher.verify(password, against: stored.passwordHash))
    }

    @Test("Without password and terminal the start is refused, naming the variable, and nobody is created")
    func refused() async throws {
        await #expect {
            try await admin.create(Configuration(), isTerminal: false, now: now)
        } throws: { error in
            let error = error as? StartError
            return error?.exitCode == 2 && error?.description.contains("JOBTALK_ADMIN_PASSWORD must be set") == true
        }
        #expect(try await store.users().isEmpty)
    }

    @Test("A faulty password stops the first start with 2")
    func faulty() async throws {
        let configuration = try Configuration.read(Flags(), ["JOBTALK_ADMIN_PASSWORD": "short"])
        await #expect {
            try await admin.create(configuration, isTerminal: true, now: now)
        } throws: { ($0 as? StartError)?.exitCode == 2 }
        #expect(try await store.users().isEmpty)
    }

    @Test("Later starts ignore the variable")
    func later() async throws {
        var configuration = Configuration()
        configuration.adminPassword = .success(Secret("correct horse"))
        _ = try await admin.create(configuration, isTerminal: false, now: now)
        let broken = Result<Secret?, StartError>.failure(.configuration(["broken"]))
        for ignored in [.success(Secret("battery staple")), broken] {
            configuration.adminPassword = ignored
            #expect(try await admin.create(configuration, isTerminal: false, now: now) == nil)
        }
        #expect(try await admin.create(Configuration(), isTerminal: false, now: now) == nil)
        let stored = try #require(try await store.user(named: "admin"))
        #expect(try await hasher.verify(Secret("correct horse"), against: stored.passwordHash))
        #expect(try await store.users().count == 1)
    }

    @Test("The demo's password is the one that its start-up text names, whatever the variable says")
    func demo() async throws {
        var configuration = Configuration()
        configuration.demoPartners = 12
        configuration.adminPassword = .success(Secret("correct horse"))
        #expect(try await admin.create(configuration, isTerminal: true, now: now) == nil)
        let stored = try #require(try await store.user(named: "admin"))
        #expect(try await hasher.verify(Secret("Admin@2024"), against: stored.passwordHash))
        let text = StartText.serving(configuration, port: 1, directory: directory.url).text
        #expect(text.contains("admin / Admin@2024") && text.contains("nothing here is real"))
    }

    private var admin: FirstAdmin { FirstAdmin(store: store, hasher: hasher) }
}
