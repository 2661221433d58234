import CZlib
package import NIOCore

/// zlib could not work, for want of memory.
package struct GzipError: Error, Sendable {
    /// zlib's own number of what went wrong.
    package let code: Int32
}

extension ByteBuffer {
    /// The readable bytes in gzip's format (RFC 1952), all at once; the same bytes give the same form. Some ms of
    /// work for a megabyte, so never under a lock that others need. Throws `GzipError`.
    package func gzipped() throws(GzipError) -> ByteBuffer {
        var stream = z_stream()
        // zlib keeps the stream's address, so it must stay where it is from the beginning to the end.
        let result = withUnsafeMutablePointer(to: &stream) { compressed(by: $0) }
        return try result.get()
    }

    private func compressed(by stream: UnsafeMutablePointer<z_stream>) -> Result<ByteBuffer, GzipError> {
        let started = deflateInit2_(
            stream, Gzip.level, Z_DEFLATED, Gzip.window, Gzip.memory, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard started == Z_OK else { return .failure(GzipError(code: started)) }
        defer { deflateEnd(stream) }
        let bound = Int(deflateBound(stream, UInt(readableBytes)))
        var ended = Z_OK
        let form = withUnsafeReadableBytes { input in
            [UInt8](unsafeUninitializedCapacity: bound) { output, count in
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(bound)
                ended = deflate(stream, Z_FINISH)
                count = bound - Int(stream.pointee.avail_out)
            }
        }
        // In an array as large as the input may become; the copy is as large as it did.
        return ended == Z_STREAM_END ? .success(ByteBuffer(bytes: form)) : .failure(GzipError(code: ended))
    }
}

private enum Gzip {
    /// zlib's own choice. A thousand partners: 651 kB become 63 kB in 6 ms.
    static let level: Int32 = 6
    /// zlib's largest, and 16 for gzip's head and checksum.
    static let window: Int32 = 15 + 16
    /// zlib's default.
    static let memory: Int32 = 8
}
