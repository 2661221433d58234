import Domain
import Foundation

/// The directory that holds all that must survive, held by one server at a time until `release` or the process's end.
///
/// Its lock file also says whose data it is, so that pretend and real data never meet in one directory.
struct DataDirectory {
    let url: URL
    private let lock: Int32
    private static let lockName = "jobtalk.lock"
    private static let demoMark = "demo\n"

    /// Creates the directory if there is none, with access for its owner only, and locks it.
    init(at url: URL, isDemo: Bool) throws(StartError) {
        self.url = url.standardizedFileURL
        try Self.prepare(self.url)
        lock = try Self.lock(
            self.url,
            orSay: "another jobtalk is using \(self.url.path); stop it, or give this one a directory of its own")
        do {
            try Self.mark(lock, in: self.url, isDemo: isDemo)
        } catch {
            close(lock)
            throw error
        }
    }

    /// Locks a directory that a server made before, whosever data it holds.
    init(existing url: URL) throws(StartError) {
        self.url = url.standardizedFileURL
        guard FileManager.default.fileExists(atPath: self.url.appending(path: Self.lockName).path) else {
            throw .environment(
                "\(self.url.path) holds no data of JobTalk; name its directory with --data-dir or JOBTALK_DATA_DIR")
        }
        lock = try Self.lock(
            self.url, orSay: "a server is running on \(self.url.path); stop it first, or use its API under /api/users")
    }

    /// Lets another server have it.
    func release() {
        close(lock)
    }

    private static func prepare(_ url: URL) throws(StartError) {
        do {
            let files = FileManager.default
            try files.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let names = try files.contentsOfDirectory(atPath: url.path)
            guard names.contains(lockName) || names.allSatisfy({ $0 == "lost+found" }) else {
                throw StartError.environment(
                    "\(url.path) holds files that are not JobTalk's; choose a directory of its own "
                        + "(for a restored copy of its data, first make an empty file \(lockName) in it)")
            }
            try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: url.path)
        } catch let error as StartError {
            throw error
        } catch {
            throw .environment("cannot use \(url.path) as the data directory: \(error.localizedDescription)")
        }
    }

    private static func lock(_ url: URL, orSay sentence: String) throws(StartError) -> Int32 {
        let path = url.appending(path: lockName).path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw .environment("cannot open \(path): \(String(cString: strerror(errno)))") }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        let reason = errno
        close(descriptor)
        throw .environment(
            reason == EWOULDBLOCK
                ? sentence
                : "cannot lock \(path): \(String(cString: strerror(reason)))")
    }

    /// A new directory is marked; an old one must bear the right mark.
    private static func mark(_ lock: Int32, in url: URL, isDemo: Bool) throws(StartError) {
        do {
            let handle = FileHandle(fileDescriptor: lock, closeOnDealloc: false)
            let mark = try handle.readToEnd().map { String(decoding: $0, as: UTF8.self) } ?? ""
            let isNew = try FileManager.default.contentsOfDirectory(atPath: url.path)
                .allSatisfy { $0 == lockName || $0 == "lost+found" }
            if isNew {
                try handle.truncate(atOffset: 0)
                try handle.write(contentsOf: Data((isDemo ? demoMark : "jobtalk\n").utf8))
                try handle.synchronize()
            } else if (mark == demoMark) != isDemo {
                throw StartError.environment(
                    isDemo
                        ? "\(url.path) holds real data, which the demo never touches; choose another directory"
                        : "\(url.path) holds demo data; choose another directory, or serve it with --demo")
            }
        } catch let error as StartError {
            throw error
        } catch {
            throw .environment("cannot mark \(url.path) as in use: \(error.localizedDescription)")
        }
    }
}
