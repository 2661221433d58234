import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("Opening the store")
struct OpeningTests {
    @Test("A store made from nothing is there again when it is opened the second time")
    func createdAndReopened() async throws {
        let first = try await TestStore()
        let record = try await first.store.add(draft())
        let migrations = try await first.count("migrations")
        let second = try await first.reopened()
        #expect(try await second.store.partners() == [record])
        #expect(try await second.count("migrations") == migrations)
    }

    @Test("What was acknowledged before kill -9 is there afterwards")
    func killed() async throws {
        let first = try await TestStore()
        let record = try await first.store.add(draft())
        _ = try await first.store.record(success(record.partner.id))
        let second = try await first.killed()
        #expect(try await second.store.partners().map(\.sync.status) == [.success])
        #expect(try await second.store.latestSnapshots().count == 1)
        #expect(try await second.store.access(to: record.partner.id)?.secrets == draft().secrets)
    }

    @Test("Every commit is forced to disk, and foreign keys hold")
    func pragmas() async throws {
        let test = try await TestStore()
        let writer = try await test.store.database.transaction { (session) throws(StoreError) in
            let pragmas = ["synchronous", "foreign_keys"]
            var values: [Int] = []
            for pragma in pragmas {
                values.append(try session.rows("PRAGMA \(pragma)")[0].get(pragma))
            }
            return values
        }
        #expect(writer == [2, 1])
        let mode: String = try await test.rows("PRAGMA journal_mode")[0].get("journal_mode")
        #expect(mode == "wal")
    }

    @Test("The directory and every file of the store are for their owner alone, whatever was there before")
    func modes() async throws {
        let parent = try TemporaryDirectory()
        let directory = parent.url.appending(path: "data", directoryHint: .isDirectory)
        let first = try await AdminStore.open(directory: directory, encryptionKey: TestStore.key)
        await first.close()
        let database = directory.appending(path: "jobtalk.sqlite").path
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: database)
        let second = try await AdminStore.open(directory: directory, encryptionKey: TestStore.key)
        try await second.add(draft())
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        #expect(files == ["jobtalk.sqlite", "jobtalk.sqlite-shm", "jobtalk.sqlite-wal"])
        #expect(try mode(of: directory.path) == 0o700)
        for file in files {
            #expect(try mode(of: directory.appending(path: file).path) == 0o600, "\(file)")
        }
        await second.close()
    }

    private func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("Another key is refused at once, and the right one still opens")
    func wrongKey() async throws {
        let test = try await TestStore()
        await test.store.close()
        let other = Secret("another key for tests, of more than thirty-two bytes")
        await #expect { try await TestStore(in: test.directory, key: other) } throws: { error in
            if case StoreError.wrongKey = error { true } else { false }
        }
        _ = try await TestStore(in: test.directory)
    }

    @Test(
        "A key of fewer than 32 bytes is refused before anything is made",
        arguments: ["", String(repeating: "x", count: 31)])
    func shortKey(key: String) async throws {
        let directory = try TemporaryDirectory()
        await #expect { try await TestStore(in: directory, key: Secret(key)) } throws: { error in
            if case StoreError.shortKey = error { true } else { false }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path).isEmpty)
    }

    @Test("A store of a newer version is left alone")
    func newerVersion() async throws {
        let test = try await TestStore()
        try await test.execute("INSERT INTO migrations (number) VALUES (999)")
        await test.store.close()
        await #expect { try await TestStore(in: test.directory) } throws: { error in
            if case StoreError.newerVersion = error { true } else { false }
        }
    }

    @Test("A file that is no database is an error that says so, not a crash")
    func noDatabase() async throws {
        let directory = try TemporaryDirectory()
        try directory.write(String(repeating: "no database ", count: 1000), to: "jobtalk.sqlite")
        await #expect { try await TestStore(in: directory) } throws: { error in
            if case StoreError.database(let text) = error { text.contains("not a database") } else { false }
        }
    }

    @Test("A closed store answers with an error")
    func closed() async throws {
        let test = try await TestStore()
        await test.store.close()
        await #expect(throws: StoreError.self) { try await test.store.partners() }
        await #expect(throws: StoreError.self) { try await test.store.add(draft()) }
    }
}
