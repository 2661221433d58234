import Crypto
import Foundation
import NIOCore

/// A file for browsers: its bytes, and what they are.
struct Asset: Sendable {
    let contentType: String
    let body: ByteBuffer
    /// The same compressed; `nil` if that does not make it smaller, or nobody did.
    let gzipped: ByteBuffer?
    /// Changes with the bytes.
    let digest: String
}

extension Asset {
    /// A file as it lies on disk.
    init(contentsOf url: URL) throws {
        let data = try Data(contentsOf: url)
        self.init(
            contentType: Self.contentType(of: url.lastPathComponent), body: ByteBuffer(bytes: data), gzipped: nil,
            digest: SHA256.hash(data: data).prefix(16).map { String(format: "%02x", $0) }.joined())
    }

    /// By the end of the name; whatever nobody thought of is bytes to a browser, never a script.
    static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "txt": "text/plain; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "woff2": "font/woff2"
        case "json": "application/json"
        case "yaml": "application/yaml"
        default: "application/octet-stream"
        }
    }
}
