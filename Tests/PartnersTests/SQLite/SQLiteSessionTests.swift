import Domain
import Foundation
import TestSupport
import Testing

@testable import Partners

@Suite("SQLite sessions")
struct SQLiteSessionTests {
    @Test("A transaction left open costs the session, and leaves the file unlocked")
    func leftOpen() async throws {
        let directory = try TemporaryDirectory()
        let file = directory.url.appending(path: "partner.db")
        try await SQLiteFile.makePartner(PartnerSchema(), rows: PartnerRows(), at: file)
        func session() async throws -> SQLiteSession {
            try await SQLiteSession.open(
                "partner.db", in: directory.url, pool: BlockingPool(), deadline: Deadline(within: .seconds(20)))
        }
        let first = try await session()
        _ = try await run("BEGIN IMMEDIATE", on: first)
        #expect(!first.isAlive)
        await #expect(throws: SessionError.self) { try await run("SELECT 1", on: first) }
        let second = try await session()
        let rows = try await run("BEGIN IMMEDIATE; COMMIT", on: second)
        #expect(rows.isEmpty)
        second.close()
    }

    @discardableResult
    private func run(_ sql: String, on session: SQLiteSession) async throws -> [[String?]] {
        try await session.run(.writing, until: Deadline(within: .seconds(20))) {
            connection throws(DatabaseFailure) in
            var rows: [[String?]] = []
            for statement in sql.split(separator: "; ") { rows += try connection.rows(String(statement)) }
            return rows
        }
    }
}
