import Domain
import Foundation

/// A key that is made once at random and then kept in the data directory, readable by its owner only.
enum KeptKey {
    /// The `given` key, or else the one in `directory/name`, made there if there is none.
    ///
    /// A key is in use only after it is safe on the disk under its name: a crash leaves all of it or none.
    static func key(_ name: String, in directory: URL, unless given: Secret?) throws(StartError) -> Secret {
        if let given { return given }
        let file = directory.appending(path: name)
        do {
            if !isKept(name, in: directory) { try make(file, in: directory) }
            let text = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
            guard text.count >= 32 else {
                throw StartError.environment("\(file.path) is damaged: put back the copy from your backup")
            }
            return Secret(text)
        } catch let error as StartError {
            throw error
        } catch {
            throw .environment("cannot read or make \(file.path): \(error.localizedDescription)")
        }
    }

    /// Whether there is a key to be had without making one.
    static func isKept(_ name: String, in directory: URL) -> Bool {
        FileManager.default.fileExists(atPath: directory.appending(path: name).path)
    }

    /// 256 random bits in Base64.
    private static func make(_ file: URL, in directory: URL) throws {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let draft = file.appendingPathExtension("new")
        try writeDurably(Data(bytes).base64EncodedData() + Data("\n".utf8), to: draft)
        try check(rename(draft.path, file.path))
        let folder = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try check(folder)
        defer { close(folder) }
        try check(fsync(folder))
    }

    private static func writeDurably(_ data: Data, to file: URL) throws {
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try check(descriptor)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.synchronize()
        try handle.close()
    }

    private static func check(_ result: Int32) throws {
        if result < 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
}
