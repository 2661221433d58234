package import Domain
package import Foundation

/// Our memory: everything the console knows that must survive it.
///
/// Every acknowledged write survives `kill -9`. Secrets are sealed before they reach the database.
/// The store has no clock: callers say what time it is. It knows nothing of networks or HTTP.
package struct AdminStore: Sendable {
    let database: any AdminDatabase
    let vault: SecretVault

    /// Opens (and migrates) the SQLite store in `directory`, creating it if there is none.
    ///
    /// `encryptionKey` is random text of at least 32 bytes, such as `openssl rand -base64 32` prints: else `shortKey`.
    /// Throws `wrongKey` if the secrets were sealed with another key, `newerVersion` if this program is too old.
    package static func open(directory: URL, encryptionKey: Secret) async throws(StoreError) -> AdminStore {
        let vault = try SecretVault(encryptionKey: encryptionKey)
        try StoreFiles.create(directory)
        let database = try await SQLiteDatabase.open(path: StoreFiles.database(in: directory))
        do {
            return try await AdminStore(migrating: database, vault: vault)
        } catch {
            await database.close()
            throw error
        }
    }

    private init(migrating database: any AdminDatabase, vault: SecretVault) async throws(StoreError) {
        self.database = database
        self.vault = vault
        try await database.transaction { (session) throws(StoreError) in
            try Migrations.run(in: session)
            try vault.check(in: session)
        }
    }

    /// Ends open statements and closes the database.
    package func close() async {
        await database.close()
    }
}

extension SecretVault {
    /// Throws `wrongKey` unless the store was last opened with this key; a new store remembers it.
    fileprivate func check(in session: any SQLSession) throws(StoreError) {
        guard let row = try session.rows("SELECT sealed FROM key_verifier").first else {
            try session.execute("INSERT INTO key_verifier (id, sealed) VALUES (1, ?)", try verifier())
            return
        }
        guard opens(verifier: try row.get("sealed")) else { throw .wrongKey }
    }
}
