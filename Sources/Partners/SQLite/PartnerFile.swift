import Domain
import Foundation

/// Where a partner's SQLite file may be: in the partners' directory, and nowhere else.
enum PartnerFile {
    /// The path of an existing plain file. Throws at stage `dbConnect`, with the name only.
    static func path(of name: String, in directory: URL) throws(VisitError) -> String {
        guard isPlain(name) else { throw fault("'\(name.loggable)' is not a file name") }
        let root = directory.resolvingSymlinksInPath().standardizedFileURL
        let file = root.appending(path: name, directoryHint: .notDirectory).resolvingSymlinksInPath()
        guard file.deletingLastPathComponent().standardizedFileURL.path == root.path else {
            throw fault("File '\(name)' is outside the partners' directory")
        }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory) else {
            throw fault("File '\(name)' not found")
        }
        guard !isDirectory.boolValue else { throw fault("'\(name)' is a directory") }
        return file.path
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".")
            && name.unicodeScalars.allSatisfy { $0.value >= 32 && $0 != "/" && $0 != "\\" }
    }

    private static func fault(_ reason: String) -> VisitError {
        VisitError(kind: .database, stage: .dbConnect, message: "Database connection failed: \(reason)")
    }
}
