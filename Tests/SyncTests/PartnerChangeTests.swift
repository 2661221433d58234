import Domain
import Foundation
import Logging
import ServiceLifecycle
import Store
import TestSupport
import Testing

@testable import Sync

@Suite("Changes of partners", .timeLimit(.minutes(1)))
struct PartnerChangeTests {
    private let id = PartnerID.named("a")

    private func beat(_ body: (Heart) async throws -> Void) async throws {
        try await Heart.beat { store, now in
            try await store.add("a", bastion: "one", due: now + 1, at: now)
        } _: { heart in
            try await body(heart)
        }
    }

    private func newPartner(_ name: String) -> PartnerPatch {
        var patch = PartnerPatch()
        patch.name = name
        patch.databaseHost = "db"
        patch.databaseName = "calls"
        patch.databaseUsername = "reader"
        patch.databasePassword = Secret("p")
        return patch
    }

    @Test("A new partner is shown and visited at once")
    func create() async throws {
        try await beat { heart in
            let new = try await heart.engine.create(newPartner("new"), by: "admin")
            #expect(try heart.standing(new).partner.configuration.name == "new")
            try await heart.awaits(new) { $0.sync.status == .success }
            try await heart.settled(new)
            #expect(heart.gateway.count(.read, of: new) == 1)
        }
    }

    @Test("Without scheduled visits a new partner is visited once, and then only when asked")
    func createWithoutAutoRefresh() async throws {
        try await beat { heart in
            try await heart.engine.updateSettings { settings in settings.autoRefreshEnabled = false }
            let new = try await heart.engine.create(newPartner("new"), by: "admin")
            try await heart.awaits(new) { $0.sync.status == .success }
            heart.clock.advance(by: .seconds(3_600))
            _ = try await heart.engine.forceSync(new)
            await heart.gateway.awaits(.read, of: new, count: 2)
            #expect(heart.gateway.count(.read, of: new) == 2)
        }
    }

    @Test("A taken name, a missing field and an unknown partner each give their own refusal")
    func refusals() async throws {
        try await beat { heart in
            let taken = await refusal { () async throws(SyncError) in
                _ = try await heart.engine.create(newPartner("A"), by: "admin")
            }
            guard case .partnerNameTaken = taken else { throw Unexpected(taken) }
            var incomplete = newPartner("b")
            incomplete.databaseHost = nil
            #expect(await faultyFields(of: incomplete, heart) == ["dbHost"])
            let unknown = await refusal { () async throws(SyncError) in
                try await heart.engine.update(.named("x"), with: PartnerPatch(), by: "admin")
            }
            guard case .partnerNotFound = unknown else { throw Unexpected(unknown) }
        }
    }

    @Test("A private key that does not open is among the faults, with all the others")
    func privateKey() async throws {
        try await beat { heart in
            var patch = newPartner("b")
            patch.databaseHost = nil
            patch.ssh = SSHPatch()
            patch.ssh?.privateKey = Secret("garbage")
            #expect(await faultyFields(of: patch, heart) == ["dbHost", "sshConfig.privateKey"])
            patch.ssh?.privateKey = Secret("good key")
            #expect(await faultyFields(of: patch, heart) == ["dbHost"])
            patch.databaseHost = "db"
            patch.ssh?.privateKey = Secret("garbage")
            #expect(await faultyFields(of: patch, heart) == ["sshConfig.privateKey"])
        }
    }

    @Test("A new private key without a passphrase is tried with the stored one")
    func keptPassphrase() async throws {
        try await beat { heart in
            var patch = newPartner("b")
            patch.isActive = false
            patch.ssh = SSHPatch()
            patch.ssh?.privateKey = Secret("locked key")
            #expect(await faultyFields(of: patch, heart) == ["sshConfig.passphrase"])
            patch.ssh?.passphrase = Secret("open")
            let new = try await heart.engine.create(patch, by: "admin")
            var edit = PartnerPatch()
            edit.ssh = SSHPatch()
            edit.ssh?.privateKey = Secret("locked key")
            try await heart.engine.update(new, with: edit, by: "admin")
            let access = try #require(try await heart.store.access(to: new))
            #expect(access.secrets.ssh == .privateKey(Secret("locked key"), passphrase: Secret("open")))
        }
    }

    @Test("An edit of the connection ends the visit under way, which records nothing, and a new one follows")
    func editDuringVisit() async throws {
        try await beat { heart in
            heart.gateway.script(.read, of: id, .waits(Gate()))
            heart.clock.advance(by: .seconds(1))
            await heart.gateway.awaits(.read, of: id)
            heart.gateway.script(.read, of: id, .works)
            var patch = PartnerPatch()
            patch.databaseHost = "elsewhere"
            try await heart.engine.update(id, with: patch, by: "admin")
            let standing = try await heart.awaits(id) { $0.sync.status == .success }
            #expect(standing.sync.consecutiveFailures == 0)
            let hosts = heart.gateway.calls(.read, of: id).map { $0.access?.partner.configuration.database.host }
            #expect(hosts.first == "db" && hosts.last == "elsewhere")
            #expect(heart.gateway.count(.drop, of: id) == 1)
            #expect(try await heart.store.connectionLogs(of: id, limit: 9).isEmpty)
        }
    }

    @Test("A new name keeps the connection and the order of names")
    func rename() async throws {
        try await beat { heart in
            _ = try await heart.engine.create(newPartner("m"), by: "admin")
            var patch = PartnerPatch()
            patch.name = "Zoe"
            try await heart.engine.update(id, with: patch, by: "admin")
            #expect(heart.engine.picture.standings().map(\.partner.configuration.name) == ["m", "Zoe"])
            #expect(heart.gateway.count(.drop, of: id) == 0)
        }
    }

    @Test("A deactivated partner is not visited, its connection closed; activated, it is visited at once")
    func activation() async throws {
        try await beat { heart in
            heart.clock.advance(by: .seconds(1))
            try await heart.awaits(id) { $0.sync.status == .success }
            var patch = PartnerPatch()
            patch.isActive = false
            try await heart.engine.update(id, with: patch, by: "admin")
            #expect(try heart.standing(id).sync.nextSyncAt == nil)
            #expect(heart.gateway.count(.drop, of: id) == 1)
            heart.clock.advance(by: .seconds(3_600))
            patch.isActive = true
            try await heart.engine.update(id, with: patch, by: "admin")
            await heart.gateway.awaits(.read, of: id, count: 2)
            try await heart.settled(id)
            #expect(heart.gateway.count(.read, of: id) == 2)
        }
    }

    @Test("A delete ends the visit under way, removes the partner and closes its connections")
    func deleteDuringVisit() async throws {
        try await beat { heart in
            heart.gateway.script(.read, of: id, .waits(Gate()))
            heart.clock.advance(by: .seconds(1))
            await heart.gateway.awaits(.read, of: id)
            try await heart.engine.delete(id)
            #expect(heart.engine.picture.standing(of: id) == nil)
            _ = try await eventually { heart.gateway.running(.read) == 0 ? true : nil }
            await heart.gateway.awaits(.drop, of: id, count: 2)
            #expect(!heart.gateway.isOpen(id))
            #expect(try await heart.store.partner(id: id) == nil)
            #expect(try await heart.store.latestSnapshots().isEmpty)
            await #expect(throws: SyncError.self) { try await heart.engine.delete(id) }
        }
    }

    @Test("A stop ends visits in flight at once; they record nothing", arguments: [true, false])
    func stop(isGraceful: Bool) async throws {
        let heart = try await Heart(in: TemporaryDirectory()) { store, now in
            for index in 0..<5 { try await store.add("p\(index)", due: now, at: now) }
        }
        for index in 0..<5 { heart.gateway.script(.read, of: .named("p\(index)"), .waits(Gate())) }
        let group = ServiceGroup(services: [heart.engine], logger: Logger(label: "test"))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            for index in 0..<5 { await heart.gateway.awaits(.read, of: .named("p\(index)")) }
            let begun = ContinuousClock.now
            if isGraceful { await group.triggerGracefulShutdown() } else { tasks.cancelAll() }
            try await tasks.waitForAll()
            #expect(begun.duration(to: .now) < .seconds(2))
        }
        #expect(heart.gateway.isShutDown)
        for record in try await heart.store.partners() {
            #expect(record.sync.status == .neverSynced)
            #expect(record.sync.nextSyncAt == heart.day.now)
        }
        await heart.store.close()
    }
}

private func faultyFields(of patch: PartnerPatch, _ heart: Heart) async -> [String] {
    let refused = await refusal { () async throws(SyncError) in
        _ = try await heart.engine.create(patch, by: "admin")
    }
    guard case .rejected(.fields(let faults)) = refused else { return [] }
    return faults.map(\.field)
}

private func refusal(_ body: () async throws(SyncError) -> Void) async -> SyncError? {
    do throws(SyncError) {
        try await body()
        return nil
    } catch {
        return error
    }
}

private struct Unexpected: Error {
    let outcome: SyncError?
    init(_ outcome: SyncError?) { self.outcome = outcome }
}
