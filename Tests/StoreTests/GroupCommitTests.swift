import Dispatch
import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Store

/// How many tasks have come to a place.
private final class Arrivals: Sendable {
    private let number = Mutex(0)

    var count: Int { number.withLock(\.self) }

    func add() {
        number.withLock { $0 += 1 }
    }
}

@Suite("Commits that are shared")
struct GroupCommitTests {
    let test: TestStore

    init() async throws {
        test = try await TestStore()
    }

    @Test("A hundred visits that end together share a few commits, and each is stored")
    func shared() async throws {
        let ids = try await addPartners(100)
        let before = try commits()
        let begun = Arrivals()
        try await withThrowingTaskGroup(of: Void.self) { group in
            holdWriter(in: &group) { begun.count == ids.count }
            for id in ids {
                group.addTask {
                    begun.add()
                    let record = try await test.store.record(success(id))
                    #expect(record?.sync.status == .success)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await test.store.latestSnapshots().count == ids.count)
        let shared = try commits() - before
        #expect((1...10).contains(shared), "\(shared) commits")
    }

    @Test("One after another, each visit has a commit of its own before it is answered")
    func alone() async throws {
        let ids = try await addPartners(5)
        let before = try commits()
        for (count, id) in ids.enumerated() {
            _ = try await test.store.record(success(id))
            #expect(try commits() - before == count + 1)
        }
    }

    @Test("Of transactions that wait together, the one that throws leaves no trace and the others stand")
    func oneFails() async throws {
        let begun = Arrivals()
        let outcomes = try await withThrowingTaskGroup(of: Bool?.self) { group in
            group.addTask {
                try await test.store.database.transaction { (_) throws(StoreError) in
                    while begun.count < 20 { usleep(100) }
                }
                return nil
            }
            for number in 0..<20 {
                group.addTask {
                    begun.add()
                    do {
                        // Half of the names are taken, by whoever came first.
                        try await test.store.add(draft("Name \(number % 10)"))
                        return true
                    } catch StoreError.partnerNameTaken {
                        return false
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        #expect(outcomes.filter(\.self).count == 10 && outcomes.count == 20)
        #expect(try await test.store.partners().count == 10)
        #expect(try await test.count("secrets") == 30)
    }

    @Test("A write that fails half-way through takes its own rows back, a broken constraint included")
    func halfWay() async throws {
        await #expect(throws: StoreError.self) {
            try await test.store.database.transaction { (session) throws(StoreError) in
                try session.execute("INSERT INTO settings (name, value) VALUES ('a', 'b')")
                try session.execute("INSERT INTO secrets (partner, field, sealed) VALUES (999, 'x', x'00')")
            }
        }
        #expect(try await test.count("settings") == 0)
        _ = try await test.store.updateSettings(at: moment()) { $0.refreshInterval = 60 }
        #expect(try await test.store.settings().refreshInterval == 60)
    }

    @Test("When a transaction is lost as a whole, everyone who waited for its commit is told so")
    func lost() async throws {
        let begun = Arrivals()
        let names = try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    begun.add()
                    do {
                        return try await test.store.add(draft("Name \(number)")).partner.configuration.name
                    } catch StoreError.database {
                        return nil
                    }
                }
            }
            group.addTask {
                // What SQLite does by itself on some errors.
                await #expect(throws: StoreError.self) {
                    try await test.store.database.transaction { (session) throws(StoreError) in
                        while begun.count < 20 { usleep(100) }
                        _ = try session.execute("ROLLBACK")
                    }
                }
                return nil
            }
            return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        #expect(Set(try await test.store.partners().map(\.partner.configuration.name)) == Set(names))
        try await test.store.add(draft("Afterwards"))
    }

    @Test("When the disk is full, who was told of success is stored, who was told of failure is not, and it passes")
    func diskFull() async throws {
        let pages: Int = try await test.rows("PRAGMA page_count")[0].get("page_count")
        try await test.execute("PRAGMA max_page_count = \(pages + 6)")
        let names = try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<40 {
                group.addTask {
                    var draft = draft("Name \(number)")
                    draft.configuration.database.tlsCA = String(repeating: "x", count: 2000)
                    do {
                        return try await test.store.add(draft).partner.configuration.name
                    } catch StoreError.database(let text) {
                        #expect(text.contains("full"))
                        return nil
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        #expect(names.count < 40)
        let stored = try await test.store.partners().map(\.partner.configuration.name)
        #expect(Set(stored) == Set(names))
        try await test.execute("PRAGMA max_page_count = 1000000")
        try await test.store.add(draft("There is room again"))
    }

    @Test("Readers do not wait for the writer", .timeLimit(.minutes(1)))
    func readersBesideWriter() async throws {
        try await test.store.add(draft())
        let reads = Arrivals()
        try await withThrowingTaskGroup(of: Void.self) { group in
            holdWriter(in: &group) { reads.count == 1 }
            group.addTask {
                // Ends only because the writer, which waits for it, does not hold it up.
                defer { reads.add() }
                let partners = try await test.store.partners()
                #expect(partners.count == 1)
            }
            try await group.waitForAll()
        }
    }

    @Test("A caller that was cancelled still learns what became of its write")
    func cancelled() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await test.store.add(draft())
        }
        let record = try await task.value
        #expect(try await test.store.partners() == [record])
    }

    private func addPartners(_ count: Int) async throws -> [PartnerID] {
        var ids: [PartnerID] = []
        for number in 0..<count {
            ids.append(try await test.store.add(draft("Partner \(number)")).partner.id)
        }
        return ids
    }

    /// Occupies the writer until `isDone`.
    private func holdWriter(
        in group: inout ThrowingTaskGroup<Void, any Error>, until isDone: @escaping @Sendable () -> Bool
    ) {
        group.addTask {
            try await test.store.database.transaction { (_) throws(StoreError) in
                while !isDone() { usleep(100) }
            }
        }
    }

    /// Commits in the write-ahead log: frames with a database size, of the log's present generation.
    ///
    /// See "WAL File Format" at sqlite.org/fileformat2.html.
    private func commits() throws -> Int {
        let log = try Data(contentsOf: test.directory.url.appending(path: "jobtalk.sqlite-wal"))
        func number(at offset: Int) -> Int {
            log[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        let salts = log[16..<24]
        let frame = 24 + number(at: 8)
        return stride(from: 32, through: log.count - frame, by: frame).prefix { log[$0 + 8..<$0 + 16] == salts }
            .count { number(at: $0 + 4) != 0 }
    }
}
