import Domain
import Foundation
import Store
import Testing

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

    @Test("Three tests take two slots; a caller that leaves gives its place back")
    func slots() async throws {
        try await Heart.beat { store, now in
            for name in ["a", "b", "c"] { try await store.add(name, isActive: false, due: nil, at: now) }
        } _: { heart in
            for name in ["a", "b"] { heart.gateway.script(.check, of: .named(name), .waits(Gate())) }
            try await withThrowingTaskGroup { tasks in
                for name in ["a", "b"] { tasks.addTask { _ = try await heart.engine.test(.named(name)) } }
                for name in ["a", "b"] { await heart.gateway.awaits(.check, of: .named(name)) }
                async let third = heart.engine.test(.named("c"))
                tasks.cancelAll()
                await #expect(throws: SyncError.self) { try await tasks.waitForAll() }
                _ = try await third
            }
            #expect(heart.gateway.peak(.check) == 2)
            #expect(try await heart.store.connectionLogs(of: .named("a"), limit: 9).isEmpty)
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
