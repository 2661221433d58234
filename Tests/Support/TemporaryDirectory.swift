package import Foundation

/// A directory of its own under `/tmp` that other users may enter but not list; gone with its last reference, or with
/// the test process.
package final class TemporaryDirectory: Sendable {
    package let url: URL

    package init() throws {
        var template = Array("/tmp/jobtalk-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure("mkdtemp") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard chmod(path, 0o711) == 0 else { throw SystemFailure("chmod \(path)") }
        url = URL(filePath: path, directoryHint: .isDirectory)
        Janitor.shared.remember(.directory(path))
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: url)
        } catch CocoaError.fileNoSuchFile {
            return
        } catch {
            warn("cannot remove \(url.path): \(error)")
        }
        Janitor.shared.forget(.directory(url.path))
    }

    /// The path of a file in it.
    package func path(_ name: String) -> String { url.appending(path: name).path }

    /// Writes a file, readable by its owner alone unless said otherwise, and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String, mode: mode_t = 0o600) throws -> String {
        let path = path(name)
        try Data(text.utf8).write(to: URL(filePath: path))
        guard chmod(path, mode) == 0 else { throw SystemFailure("chmod \(path)") }
        return path
    }
}

/// A system call that failed, with what it was about.
package struct SystemFailure: Error, CustomStringConvertible {
    package let description: String

    /// Takes the reason from `errno`, or from `code` where the call returns it.
    package init(_ what: String, code: Int32 = errno) {
        description = "\(what): \(String(cString: strerror(code)))"
    }
}

func warn(_ text: String) {
    FileHandle.standardError.write(Data("TestSupport: \(text)\n".utf8))
}
