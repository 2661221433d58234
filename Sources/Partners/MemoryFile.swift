import CMariaDB
import Glibc

/// A file that exists in memory only, for libraries that want to be given a path.
final class MemoryFile {
    /// `MFD_CLOEXEC` of `<linux/memfd.h>`.
    private static let closeOnExec: UInt32 = 1

    private let descriptor: Int32

    init(_ text: String) throws(DatabaseFailure) {
        descriptor = memfd_create("jobtalk", Self.closeOnExec)
        var bytes = Array(text.utf8)[...]
        while descriptor >= 0, !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            bytes = bytes.dropFirst(count)
        }
        guard descriptor >= 0, bytes.isEmpty else {
            throw DatabaseFailure(cause: .other, code: 0, detail: "memfd: errno \(errno)")
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    var path: String { "/proc/self/fd/\(descriptor)" }
}
