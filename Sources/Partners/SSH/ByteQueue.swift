/// Bytes under way from one socket to another: filled when empty, then emptied in steps.
struct ByteQueue {
    private var bytes: [UInt8] = []
    private var sent = 0

    var isEmpty: Bool { sent == bytes.count }
    var count: Int { bytes.count - sent }

    /// Replaces an empty queue by at most `capacity` bytes; `read` returns how many it wrote, or an error below 0.
    mutating func fill(_ capacity: Int, _ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        var outcome = 0
        bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            outcome = read(UnsafeMutableRawBufferPointer(buffer))
            count = max(0, outcome)
        }
        sent = 0
        return outcome
    }

    /// Offers what is left; `write` returns how much it took, or an error below 0.
    mutating func drain(_ write: (UnsafeRawBufferPointer) -> Int) -> Int {
        let taken = bytes.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
        sent += max(0, taken)
        if isEmpty {
            bytes = []
            sent = 0
        }
        return taken
    }
}
