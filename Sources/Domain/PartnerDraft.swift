import Foundation

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
        let kind = patch.databaseKind ?? .mysql
        let database = DatabaseEndpoint(kind: kind, host: "", port: kind.defaultPort, name: "", username: "")
        var draft = PartnerDraft(
            configuration: PartnerConfiguration(name: "", database: database), secrets: PartnerSecrets())
        try draft.apply(patch)
        return draft
    }

    /// Merges an update: nothing that was not sent changes.
    ///
    /// A new `privateKey` replaces a stored password and the other way round; a new SSH host or port clears
    /// the pin unless a different fingerprint comes with it. Throws the faults or the rule that the result
    /// breaks, and then changes nothing.
    package mutating func apply(_ patch: PartnerPatch) throws(Rejection) {
        var result = self
        var faults: [FieldFault] = []
        result.configuration.merge(patch)
        result.secrets.databasePassword = patch.databasePassword ?? secrets.databasePassword
        if let ssh = patch.ssh {
            result.configuration.ssh.merge(ssh)
            faults += result.secrets.merge(ssh)
        }
        result.configuration.ssh.authMethod = result.secrets.ssh?.method
        faults += result.gaps
        guard faults.isEmpty else { throw .fields(faults) }
        if let rule = result.brokenRule { throw .rule(rule) }
        self = result
    }

    /// Whether going from `self` to `other` needs new connections: anything but name, limit, pause and `isActive`.
    package func connectsDifferently(from other: PartnerDraft) -> Bool {
        var twin = self
        twin.configuration.name = other.configuration.name
        twin.configuration.concurrencyLimit = other.configuration.concurrencyLimit
        twin.configuration.pauseNonPriorityCampaigns = other.configuration.pauseNonPriorityCampaigns
        twin.configuration.isActive = other.configuration.isActive
        return twin != other
    }
}

extension PartnerConfiguration {
    fileprivate mutating func merge(_ patch: PartnerPatch) {
        name = patch.name?.trimmingCharacters(in: .whitespacesAndNewlines) ?? name
        tenantID = patch.tenantID ?? tenantID
        concurrencyLimit = patch.concurrencyLimit ?? concurrencyLimit
        pauseNonPriorityCampaigns = patch.pauseNonPriorityCampaigns ?? pauseNonPriorityCampaigns
        isActive = patch.isActive ?? isActive
        database.merge(patch)
    }
}

extension DatabaseEndpoint {
    fileprivate mutating func merge(_ patch: PartnerPatch) {
        kind = patch.databaseKind ?? kind
        host = patch.databaseHost ?? host
        port = patch.databasePort ?? port
        // A file has no port, so one that becomes a server has none to keep.
        if port == 0 { port = kind.defaultPort }
        name = patch.databaseName ?? name
        username = patch.databaseUsername ?? username
        tlsMode = patch.tlsMode ?? tlsMode
        tlsCA = patch.tlsCA ?? tlsCA
    }
}

extension SSHEndpoint {
    fileprivate mutating func merge(_ patch: SSHPatch) {
        let old = self
        isEnabled = patch.isEnabled ?? isEnabled
        host = patch.host ?? host
        port = patch.port ?? port
        username = patch.username ?? username
        hostKey = patch.hostKey ?? hostKey
        guard let pin = old.hostKey, let kept = hostKey, kept.fingerprint == pin.fingerprint else { return }
        // The fingerprint that GET shows may come back: it belongs to the old host, and without its type says less.
        let isSameServer = host.lowercased() == old.host.lowercased() && port == old.port
        hostKey = !isSameServer ? nil : kept.keyType == nil ? pin : kept
    }
}

extension PartnerSecrets {
    /// The faults; with any, what became of the secrets does not count.
    fileprivate mutating func merge(_ patch: SSHPatch) -> [FieldFault] {
        switch (patch.password, patch.privateKey, patch.passphrase) {
        case (.some, .some, _):
            return [FieldFault("sshConfig.privateKey", "must not come together with a password")]
        case (nil, let key?, let passphrase):
            // A key that needs no passphrase is not harmed by the one that is kept.
            ssh = .privateKey(key, passphrase: passphrase ?? ssh?.passphrase)
        case (.some, nil, .some):
            return [FieldFault("sshConfig.passphrase", "must come with a private key, not with a password")]
        case (let password?, nil, nil):
            ssh = .password(password)
        case (nil, nil, let passphrase?):
            guard let key = ssh?.key else {
                return [FieldFault("sshConfig.passphrase", "must come with a private key")]
            }
            ssh = .privateKey(key, passphrase: passphrase)
        case (nil, nil, nil):
            break
        }
        return []
    }
}

// MARK: - What must hold of the whole

extension PartnerDraft {
    /// Fields that are missing, or wrong for this kind of database.
    fileprivate var gaps: [FieldFault] {
        let database = configuration.database
        var faults: [FieldFault] = []
        func require(_ field: String, _ isPresent: Bool, _ message: String = "is required") {
            if !isPresent { faults.append(FieldFault(field, message)) }
        }
        require("partnerName", !configuration.name.isEmpty)
        require("dbName", !database.name.isEmpty)
        if database.kind == .sqlite {
            if !database.name.isEmpty, let message = FieldRules.sqliteFileName(database.name) {
                faults.append(FieldFault("dbName", message))
            }
        } else {
            require("dbHost", !database.host.isEmpty)
            require("dbUsername", !database.username.isEmpty)
            require("dbPassword", secrets.databasePassword != nil)
        }
        if configuration.ssh.isEnabled, database.kind != .sqlite {
            require("sshConfig.host", !configuration.ssh.host.isEmpty, "is required when SSH is enabled")
            require("sshConfig.username", !configuration.ssh.username.isEmpty, "is required when SSH is enabled")
        }
        return faults
    }

    fileprivate var brokenRule: String? {
        guard configuration.ssh.isEnabled else { return nil }
        if configuration.database.kind == .sqlite { return "A sqlite partner cannot be reached through SSH" }
        guard secrets.ssh == nil else { return nil }
        return
            "SSH is enabled but no authentication method provided. Please provide either a password or a private key."
    }
}
