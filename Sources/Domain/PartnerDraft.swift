/// A partner's configuration with its secrets while it is being created or edited.
package struct PartnerDraft: Sendable, Equatable {
    package var configuration: PartnerConfiguration
    package var secrets: PartnerSecrets

    package init(configuration: PartnerConfiguration, secrets: PartnerSecrets) {
        self.configuration = configuration
        self.secrets = secrets
    }

    /// A new partner from a create body: required fields present, defaults filled in.
    ///
    /// Throws all missing fields at once, or the rule that the whole breaks.
    package static func new(_ patch: PartnerPatch) throws(Rejection) -> PartnerDraft {
        fatalError("Domain helper")
    }

    /// Merges an update: nothing that was not sent changes; see `api-decisions.md`, Partners.
    ///
    /// A new `privateKey` replaces a stored password and the other way round; a new SSH host or port clears
    /// the pin unless a different fingerprint comes with it. Throws the rule that the result breaks.
    package mutating func apply(_ patch: PartnerPatch) throws(Rejection) {
        fatalError("Domain helper")
    }

    /// Whether going from `self` to `other` needs new connections: anything but name, limit, pause and `isActive`.
    package func connectsDifferently(from other: PartnerDraft) -> Bool {
        fatalError("Domain helper")
    }
}
