import Domain
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What lies around in the environment and the home directory of whoever starts the program.
    @Suite(.needsPostgreSQL) struct PostgreSQLTests {
        @Test("Neither libpq's variables nor its files at home have a say in a partner's connection")
        func surroundings() async throws {
            let home = try TemporaryDirectory()
            let hidden = home.url.appending(path: ".postgresql")
            try FileManager.default.createDirectory(at: hidden, withIntermediateDirectories: false)
            try home.write("*:*:*:*:wrong\n", to: ".pgpass")
            for name in ["root.crt", "postgresql.crt", "postgresql.key"] {
                try home.write("no certificate", to: ".postgresql/\(name)")
            }
            let server = try await JobtalkServer(environment: [
                "HOME": home.path(""), "PGSERVICE": "nowhere", "PGHOSTADDR": "192.0.2.1", "PGOPTIONS": "-c a=b",
                "PGPASSWORD": "wrong", "PGSSLMODE": "verify-full", "PGTZ": "Asia/Tokyo", "PGDATESTYLE": "SQL",
                "PGREQUIREPEER": "x", "PGCHANNELBINDING": "require", "PGTARGETSESSIONATTRS": "standby",
            ])
            let console = try await server.signIn()
            let database = try await PostgreSQLServer.start(
                certificates: try await Certificates(name: "localhost"))
            let rows = PartnerRows.generated(seed: 9, around: try Scene.today())
            let account = try await database.makePartner(rows: rows)
            let id = try await console.add([
                "partnerName": "Elephant", "dbType": "postgresql", "dbHost": "127.0.0.1",
                "dbPort": JSON(database.port), "dbName": .string(account.database),
                "dbUsername": .string(account.username), "dbPassword": .string(account.password),
                "dbTlsMode": "required",
            ])
            let test = try await console.post("/api/partners/\(id)/test-connection")
            #expect(test.body["success"].bool == true, "\(test.body)")
            let expected = rows.expectedMetrics(today: try Scene.today(), limitOnFile: 10)
            let metrics = try await console.metrics(of: id)
            #expect(metrics["queuedCalls"].int == expected.queuedCalls)
            #expect(metrics["completedCallsToday"].int == expected.completedCallsToday)
            #expect(metrics["concurrencyLimit"].int == 25)
            #expect(!server.log.contains(account.password))
            await database.stop()
            await server.process.stop()
        }
    }
}
