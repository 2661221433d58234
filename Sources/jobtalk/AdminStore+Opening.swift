import Domain
import Foundation
import Store

extension AdminStore {
    /// Opens what `directory` holds with the given key, or else with the one kept there, made if there is none; a
    /// fault is in words for whoever started the program.
    static func open(in directory: URL, key given: Secret?) async throws(StartError) -> AdminStore {
        let key = try KeptKey.key("encryption.key", in: directory, unless: given)
        do {
            return try await open(directory: directory, encryptionKey: key)
        } catch .wrongKey {
            throw .environment(
                "the secrets in \(directory.path) were sealed with another key: "
                    + (given == nil
                        ? "put back its encryption.key, or set the JOBTALK_ENCRYPTION_KEY that was used"
                        : "JOBTALK_ENCRYPTION_KEY must be the one that was used before"))
        } catch {
            throw .environment("cannot open the store in \(directory.path): \(error)")
        }
    }
}
