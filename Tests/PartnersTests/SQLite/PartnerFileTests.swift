import Domain
import Foundation
import TestSupport
import Testing

@testable import Partners

@Suite("SQLite partners' files")
struct PartnerFileTests {
    private let outside: TemporaryDirectory
    private let partners: URL

    init() throws {
        outside = try TemporaryDirectory()
        partners = outside.url.appending(path: "partners", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: partners, withIntermediateDirectories: false)
        try outside.write("secret", to: "admin.db")
        try outside.write("", to: "partners/one.db")
        try FileManager.default.createDirectory(
            at: partners.appending(path: "sub"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: partners.appending(path: "out.db").path, withDestinationPath: outside.path("admin.db"))
        try FileManager.default.createSymbolicLink(
            atPath: partners.appending(path: "in.db").path, withDestinationPath: "one.db")
    }

    private func message(_ name: String) -> String? {
        do throws(VisitError) {
            _ = try PartnerFile.path(of: name, in: partners)
            return nil
        } catch {
            return error.message
        }
    }

    @Test("A file in the directory is found, also by a link that stays inside", arguments: ["one.db", "in.db"])
    func found(name: String) {
        #expect(message(name) == nil)
    }

    @Test(
        "Nothing else is reached",
        arguments: [
            ("two.db", "File 'two.db' not found"), ("sub", "'sub' is a directory"),
            ("out.db", "File 'out.db' is outside the partners' directory"),
            ("../admin.db", "'../admin.db' is not a file name"), ("/etc/passwd", "'/etc/passwd' is not a file name"),
            ("..", "'..' is not a file name"), (".", "'.' is not a file name"), ("", "'' is not a file name"),
            ("sub/../one.db", "'sub/../one.db' is not a file name"), ("a\\b", "'a\\b' is not a file name"),
            ("one.db\u{0}", "'one.db ' is not a file name"),
        ])
    func refused(name: String, reason: String) {
        #expect(message(name) == "Database connection failed: \(reason)")
    }

    @Test("A missing file is not created by opening it")
    func notCreated() async throws {
        await #expect(throws: VisitError.self) {
            try await SQLiteSession.open(
                "new.db", in: partners, pool: BlockingPool(), deadline: Deadline(within: .seconds(5)))
        }
        #expect(!FileManager.default.fileExists(atPath: partners.appending(path: "new.db").path))
    }

    @Test("A file that is no database says so")
    func noDatabase() async throws {
        try outside.write(String(repeating: "not a database ", count: 200), to: "partners/text.db")
        let error = await #expect(throws: VisitError.self) {
            try await SQLiteSession.open(
                "text.db", in: partners, pool: BlockingPool(), deadline: Deadline(within: .seconds(5)))
        }
        #expect(error?.message == "Database connection failed: File 'text.db' is not a SQLite database")
    }
}
