import Domain
import Foundation
import Testing

@testable import Partners
@testable import TestSupport

@Suite("PostgreSQL's enumerations and flags", .needsPostgreSQL)
struct EnumerationTests {
    private static let rows = PartnerRows.generated(seed: 5, around: .testDay)
    private static let labels =
        ["RUNNING", "PAUSED", "DONE", "QUEUED", "INPROGRESS", "ENDED", "FAILED", "CANCELLED", "NO-ANSWER"]
        + ["submitted", "pending", "approved", "rejected"]

    private func schema(_ labels: [String] = labels) -> PartnerSchema {
        var schema = PartnerSchema()
        schema.statusLabels = labels
        schema.hasNumericFlags = true
        return schema
    }

    @Test("Statuses that are an enumeration and flags that are numbers give the same numbers")
    func sameNumbers() async throws {
        try await TestPartner.with(.postgreSQL, schema(), rows: Self.rows) { partner in
            try await partner.connect()
            #expect(
                try await partner.metrics().metrics == Self.rows.expectedMetrics(today: .testDay, limitOnFile: 10))
            #expect(try await partner.statistics() == Self.rows.expectedStatistics(of: .testDay))
            #expect(try await partner.check().result.get().warnings.isEmpty)
        }
    }

    @Test("A status that the enumeration does not have is none of the rows', and counts from the day it is added")
    func missingLabel() async throws {
        var rows = Self.rows
        rows.calls.removeAll { $0.status == "INPROGRESS" }
        let labels = Self.labels.filter { $0 != "INPROGRESS" }
        try await TestPartner.with(.postgreSQL, schema(labels), rows: rows) { [rows] partner in
            try await partner.connect()
            let before = try await partner.metrics().metrics
            #expect(before == rows.expectedMetrics(today: .testDay, limitOnFile: 10))
            #expect(before.activeCalls == 0)
            try await partner.execute("ALTER TYPE \"Status\" ADD VALUE 'INPROGRESS'")
            try await partner.execute("UPDATE calls SET status = 'INPROGRESS' WHERE id <= 3")
            #expect(try await partner.metrics().metrics.activeCalls == min(3, rows.calls.count { $0.id <= 3 }))
        }
    }

    @Test("A label that is renamed between two visits makes the schema be looked at again")
    func renamedLabel() async throws {
        try await TestPartner.with(.postgreSQL, schema(), rows: Self.rows) { partner in
            try await partner.connect()
            #expect(try await partner.metrics().metrics.queuedCalls > 0)
            try await partner.execute("ALTER TYPE \"Status\" RENAME VALUE 'QUEUED' TO 'WAITING'")
            #expect(try await partner.metrics().metrics.queuedCalls == 0)
        }
    }

    @Test("Texts that fold case count to the letter")
    func foldedText() async throws {
        let noon = Range.testDay.lowerBound + 43_200
        var rows = PartnerRows()
        rows.calls = ["QUEUED", "queued"].enumerated().map { id, status in
            .init(id: id, status: status, createdAt: noon, updatedAt: noon, contact: id, campaign: 1)
        }
        try await TestPartner.with(.postgreSQL, rows: rows) { partner in
            try await partner.execute(
                "CREATE EXTENSION citext; ALTER TABLE calls ALTER COLUMN status TYPE citext")
            try await partner.connect()
            #expect(try await partner.metrics().metrics.queuedCalls == 1)
        }
    }

    @Test("An index on an enumeration can answer: nothing is wrapped around the column")
    func sargable() {
        let dialect = Dialect.postgreSQL
        #expect(dialect.isOne("k.\"status\"", of: ["QUEUED"], labels: ["QUEUED"]) == "k.\"status\" = 'QUEUED'")
        #expect(
            dialect.isOne("s", of: ["QUEUED", "INPROGRESS"], labels: ["QUEUED", "INPROGRESS"])
                == "s IN ('QUEUED', 'INPROGRESS')")
        #expect(
            dialect.isOne("s", of: ["QUEUED", "INPROGRESS"], labels: ["QUEUED"])
                == "(s = 'QUEUED' OR s::text COLLATE \"C\" = 'INPROGRESS')")
        #expect(dialect.isOne("s", of: ["X"]) == "s = 'X' AND s::text IN ('X')")
    }

    @Test("Of two tables with the same name the one counts that the user's path finds first")
    func searchPath() async throws {
        try await TestPartner.with(.postgreSQL) { partner in
            let user = partner.access.database.username
            try await partner.execute(
                "CREATE SCHEMA \(user) AUTHORIZATION \(user); SET search_path TO \(user);"
                    + "CREATE TABLE settings (name text, value text);"
                    + "INSERT INTO settings VALUES ('callConcurrency', '77'); GRANT ALL ON settings TO \(user);"
                    + "CREATE SCHEMA aside; CREATE TABLE aside.calls (id int)")
            try await partner.connect()
            #expect(try await partner.metrics().partnerLimit == 77)
        }
    }
}
