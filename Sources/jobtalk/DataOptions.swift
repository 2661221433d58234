import ArgumentParser
import Domain
import Foundation
import Store

/// Where a command finds the data of a server, as `jobtalk serve` is told.
struct DataOptions: ParsableArguments {
    @Option(help: "Where the server keeps everything (JOBTALK_DATA_DIR; default ./data).")
    var dataDir: String?

    func place(_ source: inout ConfigurationSource) -> DataPlace {
        let directory = source.value("JOBTALK_DATA_DIR", flag: "--data-dir", dataDir)?.text ?? "data"
        return DataPlace(
            directory: URL(filePath: directory), encryptionKey: source.key("JOBTALK_ENCRYPTION_KEY"))
    }
}

/// The data of a server that does not run.
struct DataPlace {
    let directory: URL
    /// `nil`: the one kept in the directory.
    let encryptionKey: Secret?

    /// Opens the data for `work` alone, and closes it whatever comes of it.
    func use<Value: Sendable>(_ work: (StoredUsers) async throws -> Value) async throws -> Value {
        let directory = try DataDirectory(existing: directory)
        defer { directory.release() }
        guard encryptionKey != nil || KeptKey.isKept("encryption.key", in: directory.url) else {
            throw StartError.configuration([
                "JOBTALK_ENCRYPTION_KEY must be set as for the server: there is no key in \(directory.url.path)"
            ])
        }
        let store = try await AdminStore.open(in: directory.url, key: encryptionKey)
        do {
            let value = try await work(StoredUsers(store: store, hasher: PasswordHasher()))
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }
}
