import CAssets
import Foundation
import NIOCore

/// The files that the binary carries, by their names in the repository: `Dashboard/main.js`, `openapi.json`.
///
/// Laid out by `Scripts/embed`; empty if this was built before set-up.
enum EmbeddedAssets {
    /// Copied out of the binary once, on first use: some 5 MB.
    static let all = Dictionary(
        uniqueKeysWithValues: (0..<embeddedFileCount()).map { index in
            let file = embeddedFile(index)
            let name = String(cString: file.name)
            return (name, asset(name, file))
        })

    /// Changes with any file of the page but its HTML, which refers to it.
    static let tree = String(cString: embeddedTree())

    private static func asset(_ name: String, _ file: EmbeddedFile) -> Asset {
        Asset(
            contentType: Asset.contentType(of: name), body: bytes(file.start, file.size),
            gzipped: file.gzipSize > 0 ? bytes(file.gzipStart, file.gzipSize) : nil,
            digest: String(cString: file.digest))
    }

    private static func bytes(_ start: Int, _ size: Int) -> ByteBuffer {
        ByteBuffer(bytes: UnsafeBufferPointer(start: embeddedBytes() + start, count: size))
    }
}
