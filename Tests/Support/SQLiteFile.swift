package import Foundation

/// Partner databases in files, made by the `sqlite3` program.
package enum SQLiteFile {
    /// Creates a file, or changes it, by running statements; returns what they print.
    @discardableResult
    package static func execute(_ statements: String, in file: URL) async throws -> String {
        try await run("sqlite3", ["-bail", "-cmd", ".timeout 5000", file.path], input: statements)
    }

    /// Creates a file that holds the partner schema (its dialect is taken as SQLite) and rows.
    package static func makePartner(_ schema: PartnerSchema, rows: PartnerRows, at file: URL) async throws {
        var schema = schema
        schema.dialect = .sqlite
        let text = (schema.statements + rows.statements(for: schema)).joined()
        try await execute("BEGIN;\n\(text)COMMIT;\n", in: file)
    }
}
