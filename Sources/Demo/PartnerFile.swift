import Foundation
import GRDB

/// The database of one pretend partner: the platform's schema in an SQLite file.
///
/// It is opened for each move and closed after it, so that a thousand partners do not hold three files each.
/// What is in it is worth nothing, so nothing waits for the disk.
struct PartnerFile: Sendable {
    let url: URL
    let profile: Profile

    init(_ profile: Profile, in directory: URL) {
        self.profile = profile
        url = directory.appending(path: profile.fileName)
    }

    /// Makes the database with `past` seconds of history before `now`, unless the file is there.
    ///
    /// It gets its name only when it is complete. Returns what would have been read meanwhile, if it could be read.
    @discardableResult
    func createIfMissing(past: TimeInterval, at now: Date) async throws -> [PastReading] {
        let files = FileManager.default
        if files.fileExists(atPath: url.path) { return [] }
        let draft = url.appendingPathExtension("new")
        if files.fileExists(atPath: draft.path) { try files.removeItem(at: draft) }
        let profile = profile
        let readings = try await Self.write(draft) { database in
            try database.createPlatform(profile)
            let rules = try database.rules(profile)
            var platform = Platform(profile, at: now - past, seed: profile.seed)
            var diary = Diary()
            try database.record(platform.advance(to: now, under: rules) { diary.note($0, of: $1, under: rules) })
            if profile.kind == .brokenSchema { try database.execute(sql: "ALTER TABLE calls DROP COLUMN endReason") }
            return diary.readings
        }
        try files.moveItem(at: draft, to: url)
        return profile.kind == .brokenSchema ? [] : readings
    }

    /// Moves the traffic to `now` and removes what is older than `retention`. Without a platform, reads it first.
    func move(_ platform: Platform?, to now: Date, retention: TimeInterval) async throws -> Platform {
        let profile = profile
        return try await Self.write(url) { database in
            var platform = try platform ?? database.platform(profile, at: now)
            try database.record(platform.advance(to: now, under: database.rules(profile)))
            try database.removeSomeOlder(than: now - retention)
            return platform
        }
    }

    /// Opening, closing and writing block: they have a thread of their own, so that no request waits for them.
    private static let thread = DispatchQueue(label: "demo-files")

    /// Runs `work` in one transaction.
    private static func write<Value: Sendable>(
        _ url: URL, _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { waiter in
            thread.async { waiter.resume(with: Result { try writeBlocking(url, work) }) }
        }
    }

    private static func writeBlocking<Value>(_ url: URL, _ work: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(2)
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        let queue = try DatabaseQueue(path: url.path, configuration: configuration)
        let outcome = Result { try queue.write(work) }
        try queue.close()
        return try outcome.get()
    }
}
