import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The store's files belong to the server's user alone.
enum StoreFiles {
    /// Where the SQLite store is, in the data directory.
    static func database(in directory: URL) -> String {
        directory.appendingPathComponent("jobtalk.sqlite", isDirectory: false).path(percentEncoded: false)
    }

    /// Creates `directory` with mode 0700 if there is none. One that is there is the operator's and stays as it is.
    static func create(_ directory: URL) throws(StoreError) {
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .database("The data directory cannot be made: \(error.localizedDescription)")
        }
    }

    /// Creates the file at `path` if there is none and gives it, and what SQLite keeps beside it, mode 0600.
    ///
    /// SQLite makes its `-wal` and `-shm` files with the mode of the database, so the file is there before
    /// SQLite is, whatever the process's umask.
    static func protect(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("opened", path) }
        close(descriptor)
        for file in [path, path + "-wal", path + "-shm"] where chmod(file, 0o600) != 0 && errno != ENOENT {
            throw failure("protected", file)
        }
    }

    private static func failure(_ verb: String, _ path: String) -> StoreError {
        .database("\(path) cannot be \(verb): \(String(cString: strerror(errno)))")
    }
}
