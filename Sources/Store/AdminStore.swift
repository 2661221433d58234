package import Domain
package import Foundation

/// Our memory: everything the console knows that must survive it.
///
/// Every acknowledged write survives `kill -9`. Secrets are sealed before they reach the database.
/// The store has no clock: callers say what time it is. It knows nothing of networks or HTTP.
package struct AdminStore: Sendable {
    /// Opens (and migrates) the SQLite store in `directory`, creating it if there is none.
    ///
    /// Throws `StoreError.wrongKey` if the secrets were sealed with another key.
    package static func open(directory: URL, encryptionKey: Secret) async throws(StoreError) -> AdminStore {
        fatalError("Store helper")
    }

    /// Ends open statements and closes the database.
    package func close() async {
        fatalError("Store helper")
    }
}

/// Why the store could not do what it was asked.
package enum StoreError: Error, Sendable, CustomStringConvertible {
    case partnerNotFound
    case partnerNameTaken
    case userNotFound
    case usernameTaken
    case lastAdmin
    /// The secrets in this store were sealed with another key.
    case wrongKey
    /// A sealed value was changed or moved; the name of the field, never its content.
    case damagedSecret(field: String)
    /// An edit was refused by the rules it was checked against.
    case rejected(Rejection)
    /// The database failed; the text is for the log.
    case database(String)

    package var description: String {
        fatalError("Store helper")
    }
}
