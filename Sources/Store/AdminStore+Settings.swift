package import Domain

extension AdminStore {
    /// The settings as last saved, defaults for what never was.
    package func settings() async throws(StoreError) -> Settings {
        fatalError("Store helper")
    }

    /// Changes settings in one transaction and returns what is now in force. `edit` may throw to refuse.
    package func updateSettings(
        _ edit: @escaping @Sendable (inout Settings) throws(Rejection) -> Void
    ) async throws(StoreError) -> Settings {
        fatalError("Store helper")
    }
}
