import Foundation

/// The names of the pretend partners that the demo ever added, so that none comes back after it was deleted or renamed.
struct SeedList {
    private let file: URL

    init(in directory: URL) {
        file = directory.appending(path: "demo-partners.txt")
    }

    /// Empty before the first `keep`.
    func names() throws -> Set<String> {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return Set(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init))
    }

    /// Replaces the list, as a whole or not at all.
    func keep(_ names: Set<String>) throws {
        try Data(names.sorted().joined(separator: "\n").utf8).write(to: file, options: .atomic)
    }
}
