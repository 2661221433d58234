package import NIOCore
import Synchronization

/// One JSON answer, encoded once, with the tag of its version.
package struct EncodedJSON: Sendable {
    package let body: ByteBuffer
    /// A strong entity tag, quotes included; never the same for two different bodies, restarts included.
    package let etag: String
    private let compressed = CompressedForm()

    init(body: ByteBuffer, etag: String) {
        self.body = body
        self.etag = etag
    }

    /// The body in gzip's format, made when it is first asked for and then kept as long as the body.
    package func gzipped() throws(GzipError) -> ByteBuffer {
        try compressed.of(body)
    }
}

/// Shared by all copies of an answer. Whoever asks while the first one makes it waits for that, a few ms, instead of
/// making another.
private final class CompressedForm: Sendable {
    private let form = Mutex<ByteBuffer?>(nil)

    func of(_ body: ByteBuffer) throws(GzipError) -> ByteBuffer {
        try form.withLock { form throws(GzipError) in
            if let form { return form }
            let made = try body.gzipped()
            form = made
            return made
        }
    }
}
