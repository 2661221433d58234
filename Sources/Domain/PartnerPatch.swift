/// What a create or update body says: every field that was sent, already checked one by one.
///
/// `nil` means "not sent". Rules that need several fields or the stored partner are judged by
/// `PartnerDraft.apply(_:)`.
package struct PartnerPatch: Sendable, Equatable {
    package var name: String?
    package var tenantID: Int64?
    package var databaseKind: DatabaseKind?
    package var databaseHost: String?
    package var databasePort: Int?
    package var databaseName: String?
    package var databaseUsername: String?
    /// Never empty: an absent, null or empty secret is `nil` and keeps the stored one.
    package var databasePassword: Secret?
    package var tlsMode: TLSMode?
    /// `.some(nil)` removes the stored authorities.
    package var tlsCA: String??
    package var concurrencyLimit: Int?
    package var pauseNonPriorityCampaigns: Bool?
    package var isActive: Bool?
    package var ssh: SSHPatch?

    package init() {}
}

/// The part of a body under `sshConfig`, merged field by field.
package struct SSHPatch: Sendable, Equatable {
    package var isEnabled: Bool?
    package var host: String?
    package var port: Int?
    package var username: String?
    package var password: Secret?
    package var privateKey: Secret?
    package var passphrase: Secret?
    /// `.some(nil)` clears the pin.
    package var hostKey: HostKeyPin??

    package init() {}
}
