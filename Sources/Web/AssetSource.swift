import Foundation
import NIOPosix

/// Where the files of the page come from.
enum AssetSource: Sendable {
    /// The binary itself.
    case embedded
    /// A folder, read anew for each request: for those who work on the page.
    case folder(URL)

    /// Under which address the files of the page lie. With the binary's own it holds their hash, so that what is
    /// there never changes.
    var address: String {
        switch self {
        case .embedded: "/assets/\(EmbeddedAssets.tree)"
        case .folder: "/assets"
        }
    }

    var isImmutable: Bool {
        switch self {
        case .embedded: true
        case .folder: false
        }
    }

    /// The file of the page with a path inside `Dashboard`; `nil` if there is none. Throws what reading it threw.
    func page(_ path: String) async throws -> Asset? {
        switch self {
        case .embedded: EmbeddedAssets.all["Dashboard/\(path)"]
        case .folder(let folder): try await Self.read(path, in: folder)
        }
    }

    /// Only names that the folder was found to have are opened, so no path leads out of it.
    private static func read(_ path: String, in folder: URL) async throws -> Asset? {
        try await NIOThreadPool.singleton.runIfActive {
            guard try FileManager.default.subpathsOfDirectory(atPath: folder.path).contains(path) else { return nil }
            let file = folder.appending(path: path)
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { return nil }
            return try Asset(contentsOf: file)
        }
    }
}
