package import Domain
package import Foundation

extension AdminStore {
    /// The settings as last saved, defaults for what never was.
    package func settings() async throws(StoreError) -> Settings {
        try await database.read { (session) throws(StoreError) in try session.settings() }
    }

    /// Changes settings in one transaction and returns what is now in force. `edit` may throw to refuse.
    ///
    /// Alerts are opened, changed and resolved as the new thresholds say, so that they agree with what dashboards show.
    package func updateSettings(
        at now: Date, _ edit: @escaping @Sendable (inout Settings) throws(Rejection) -> Void
    ) async throws(StoreError) -> Settings {
        try await database.transaction { (session) throws(StoreError) in
            let old = try session.settings()
            var settings = old
            do throws(Rejection) {
                try edit(&settings)
            } catch {
                throw .rejected(error)
            }
            guard settings != old else { return old }
            try session.store(settings, replacing: old)
            try session.settleAlerts(at: now)
            return settings
        }
    }
}
