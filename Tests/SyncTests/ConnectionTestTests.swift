import Domain
import Foundation
import TestSupport
import Testing

@testable import Store
@testable import Sync

@Suite("Connection tests", .timeLimit(.minutes(1)))
struct ConnectionTestTests {
    private let id = PartnerID.named("a")
    private let key = HostKeyPin(keyType: "ssh-ed25519", fingerprint: "SHA256:" + String(repeating: "A", count: 43))

    private func beat(_ body: (Heart) async throws -> Void) async throws {
        try await Heart.beat { store, now in
            try await store.add("a", bastion: "one", due: now + 60, at: now)
        } _: { heart in
            try await body(heart)
        }
    }

    @Test("A test is logged, pins the first host key and makes the partner due at once")
    func success() async throws {
        try await beat { heart in
            heart.gateway.setHostKey(key, of: id)
            let report = try await heart.engine.test(id)
            #expect(throws: Never.self) { try report.result.get() }
            #expect(try heart.standing(id).partner.configuration.ssh.hostKey == key)
            let logs = try await heart.store.connectionLogs(of: id, limit: 9)
            #expect(logs.map(\.operation) == [.test])
            #expect(logs.map(\.status) == [.success])
            #expect(logs.map(\.responseMilliseconds) == [7])
            try await heart.awaits(id) { $0.sync.status == .success }
        }
    }

    @Test(
        "A failed login pins nothing, a failed database does",
        arguments: [
            (VisitError.sshLogin, false), (.sshRefused, false), (.accessDenied, true),
        ])
    func pin(error: VisitError, isPinned: Bool) async throws {
        try await beat { heart in
            heart.gateway.setHostKey(key, of: id)
            heart.gateway.script(.check, of: id, .fails(error))
            heart.gateway.script(.connect, of: id, .waits(Gate()))
            let report = try await heart.engine.test(id)
            #expect(report.result == .failure(error))
            #expect(try heart.standing(id).partner.configuration.ssh.hostKey == (isPinned ? key : nil))
            let logs = try await heart.store.connectionLogs(of: id, limit: 9)
            #expect(logs.map(\.status) == [error.kind.connectionStatus])
            #expect(logs.map(\.errorMessage) == [error.message])
        }
    }

    @Test("A test ends the visit under way, and the visit that follows reads")
    func interruptsVisit() async throws {
        try await beat { heart in
            heart.gateway.script(.connect, of: id, .waits(Gate()))
            heart.clock.advance(by: .seconds(60))
            await heart.gateway.awaits(.connect, of: id)
            heart.gateway.script(.connect, of: id, .works)
            _ = try await heart.engine.test(id)
            let standing = try await heart.awaits(id) { $0.sync.status == .success }
            #expect(standing.sync.consecutiveFailures == 0)
        }
    }

    @Test("A test under way keeps visits of that partner away")
    func keepsVisitsAway() async throws {
        try await beat { heart in
            let gate = Gate()
            heart.gateway.script(.check, of: id, .waits(gate))
            async let report = heart.engine.test(id)
            await heart.gateway.awaits(.check, of: id)
            heart.clock.advance(by: .seconds(60))
            _ = try await heart.engine.forceSync(id)
            #expect(heart.gateway.count(.connect, of: id) == 0)
            gate.open()
            _ = try await report
            await heart.gateway.awaits(.read, of: id)
        }
    }

    @Test("Tests wait for a slot; a caller that leaves gives its place back")
    func slots() async throws {
        let names = (0..<3).map { "t\($0)" }
        try await Heart.beat { store, now in
            for name in names + ["late"] { try await store.add(name, isActive: false, due: nil, at: now) }
            _ = try await store.updateSettings(at: now) { $0.concurrentPartnerLimit = 1 }
        } _: { heart in
            for name in names { heart.gateway.script(.check, of: .named(name), .waits(Gate())) }
            try await withThrowingTaskGroup { tasks in
                for name in names { tasks.addTask { _ = try await heart.engine.test(.named(name)) } }
                for name in names { await heart.gateway.awaits(.check, of: .named(name)) }
                async let late = heart.engine.test(.named("late"))
                tasks.cancelAll()
                await #expect(throws: SyncError.self) { try await tasks.waitForAll() }
                _ = try await late
            }
            #expect(heart.gateway.peak(.check) == 3)
            #expect(try await heart.store.connectionLogs(of: .named("t0"), limit: 9).isEmpty)
        }
    }

    @Test("Silent hosts being force-synced do not keep a test from a free slot")
    func silentHosts() async throws {
        try await Heart.beat { store, now in
            for name in ["s1", "s2", "s3", "a"] { try await store.add(name, due: now + 100, at: now) }
        } _: { heart in
            for name in ["s1", "s2", "s3"] {
                heart.gateway.script(.connect, of: .named(name), .isSilent)
                _ = try await heart.engine.forceSync(.named(name))
                await heart.gateway.awaits(.connect, of: .named(name))
            }
            _ = try await heart.engine.test(id).result.get()
        }
    }

    @Test("A test that gets no turn says so in time and leaves no trace")
    func noTurn() async throws {
        let names = (0..<3).map { "t\($0)" }
        try await Heart.beat { store, now in
            for name in names + ["late"] { try await store.add(name, isActive: false, due: nil, at: now) }
            _ = try await store.updateSettings(at: now) { $0.concurrentPartnerLimit = 1 }
        } _: { heart in
            for name in names { heart.gateway.script(.check, of: .named(name), .waits(Gate())) }
            try await withThrowingTaskGroup { tasks in
                for name in names { tasks.addTask { _ = try await heart.engine.test(.named(name)) } }
                for name in names { await heart.gateway.awaits(.check, of: .named(name)) }
                // Those that run have 92 s; who waits has 10.
                try await heart.engine.updateSettings { settings in
                    settings.connectionTimeout = 5
                    settings.queryTimeout = 5
                }
                let sleepers = heart.clock.sleeperCount
                async let late = heart.engine.test(.named("late"))
                _ = try await eventually("the wait") { heart.clock.sleeperCount > sleepers ? true : nil }
                heart.clock.advance(by: .seconds(10))
                guard case .failure(let error) = try await late.result else { throw SyncError.interrupted }
                #expect(error.message == "The test did not begin within 10 s: too much is going on, try again")
                tasks.cancelAll()
            }
            #expect(heart.gateway.count(.check, of: .named("late")) == 0)
            #expect(try await heart.store.connectionLogs(of: .named("late"), limit: 9).isEmpty)
        }
    }

    @Test("A test gives the bastion's permit back when it is connected")
    func permit() async throws {
        try await Heart.beat { store, now in
            for name in ["a", "b", "c"] {
                try await store.add(name, bastion: "one", isActive: false, due: nil, at: now)
            }
        } _: { heart in
            for name in ["a", "b"] { heart.gateway.script(.checkQueries, of: .named(name), .waits(Gate())) }
            try await withThrowingTaskGroup { tasks in
                for name in ["a", "b"] { tasks.addTask { _ = try await heart.engine.test(.named(name)) } }
                for name in ["a", "b"] { await heart.gateway.awaits(.checkQueries, of: .named(name)) }
                _ = try await heart.engine.test(.named("c")).result.get()
                tasks.cancelAll()
            }
        }
    }

    @Test("A damaged secret is the test's answer, an edit asks for it, and it can be entered again")
    func damagedSecret() async throws {
        try await beat { heart in
            _ = try await heart.store.database.transaction { (session) throws(StoreError) in
                try session.execute("UPDATE secrets SET sealed = x'00' WHERE field = 'databasePassword'", arguments: [])
            }
            let message = "The stored databasePassword cannot be read: enter it again"
            let report = try await heart.engine.test(id)
            #expect(throws: VisitError.damagedSecret("databasePassword")) { try report.result.get() }
            let logs = try await heart.store.connectionLogs(of: id, limit: 9).filter { $0.operation == .test }
            #expect(logs.map(\.errorMessage) == [message])
            var patch = PartnerPatch()
            patch.name = "renamed"
            await #expect {
                try await heart.engine.update(id, with: patch, by: "admin")
            } throws: { error in
                guard case SyncError.rejected(.fields(let faults)) = error else { return false }
                return faults == [FieldFault("dbPassword", "is required")]
            }
            patch.databasePassword = Secret("new")
            try await heart.engine.update(id, with: patch, by: "admin")
            #expect(try await heart.store.access(to: id)?.secrets.databasePassword == Secret("new"))
            try await heart.awaits(id) { $0.sync.status == .success }
        }
    }

    @Test("What is not saved is tested with the stored secrets, and leaves no trace")
    func unsaved() async throws {
        try await beat { heart in
            var patch = PartnerPatch()
            patch.databaseHost = "elsewhere"
            _ = try await heart.engine.test(patch, basedOn: id)
            #expect(heart.gateway.count(.check) == 1)
            let access = try #require(heart.gateway.allCalls(.check).first?.access)
            #expect(access.partner.id != id)
            #expect(access.partner.configuration.database.host == "elsewhere")
            #expect(access.secrets.databasePassword == Secret("p"))
            #expect(try await heart.store.connectionLogs(of: id, limit: 9).isEmpty)
            #expect(try heart.standing(id).partner.configuration.database.host == "db")
        }
    }
}
