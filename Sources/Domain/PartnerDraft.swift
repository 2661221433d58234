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
        let missing = requiredFields(of: patch, kind: kind).filter { !$0.isPresent }.map(\.field)
        guard missing.isEmpty else { throw .fields(missing.map { FieldFault($0, "is required") }) }
        var draft = PartnerDraft(
            configuration: PartnerConfiguration(
                name: "",
                database: DatabaseEndpoint(kind: kind, host: "", port: kind.defaultPort, name: "", username: "")),
            secrets: PartnerSecrets())
        try draft.apply(patch)
        return draft
    }

    private static func requiredFields(
        of patch: PartnerPatch, kind: DatabaseKind
    ) -> [(field: String, isPresent: Bool)] {
        let always = [("partnerName", patch.name != nil), ("dbName", patch.databaseName != nil)]
        guard kind != .sqlite else { return always }
        return always + [
            ("dbHost", patch.databaseHost != nil),
            ("dbUsername", patch.databaseUsername != nil),
            ("dbPassword", patch.databasePassword != nil),
        ]
    }

    /// Merges an update: nothing that was not sent changes; see `api-decisions.md`, Partners.
    ///
    /// A new `privateKey` replaces a stored password and the other way round; a new SSH host or port clears
    /// the pin unless a different fingerprint comes with it. Throws the rule that the result breaks; what is then
    /// left in the draft is of no use.
    package mutating func apply(_ patch: PartnerPatch) throws(Rejection) {
        configuration.name = patch.name ?? configuration.name
        configuration.tenantID = patch.tenantID ?? configuration.tenantID
        configuration.concurrencyLimit = patch.concurrencyLimit ?? configuration.concurrencyLimit
        configuration.pauseNonPriorityCampaigns =
            patch.pauseNonPriorityCampaigns ?? configuration.pauseNonPriorityCampaigns
        configuration.isActive = patch.isActive ?? configuration.isActive
        configuration.database.merge(patch)
        secrets.databasePassword = patch.databasePassword ?? secrets.databasePassword
        if let ssh = patch.ssh {
            configuration.ssh.merge(ssh)
            try secrets.merge(ssh)
            configuration.ssh.authMethod = secrets.ssh?.method
        }
        try checkWhole()
    }

    private func checkWhole() throws(Rejection) {
        let faults = configuration.database.faults + configuration.ssh.faults + secretFaults
        guard faults.isEmpty else { throw .fields(faults) }
        guard configuration.ssh.isEnabled else { return }
        if configuration.database.kind == .sqlite {
            throw .rule("SSH cannot be used with dbType sqlite: the file is on this server")
        }
        if secrets.ssh == nil {
            throw .rule(
                "SSH is enabled but no authentication method provided: give sshConfig.password or sshConfig.privateKey")
        }
    }

    /// A partner that was SQLite has no password that another kind of database could use.
    private var secretFaults: [FieldFault] {
        configuration.database.kind != .sqlite && secrets.databasePassword == nil
            ? [FieldFault("dbPassword", "is required")] : []
    }

    /// Whether going from `self` to `other` needs new connections: anything but name, limit, pause and `isActive`.
    package func connectsDifferently(from other: PartnerDraft) -> Bool {
        var one = configuration.ssh
        var two = other.configuration.ssh
        if !one.isEnabled, !two.isEnabled {
            one = SSHEndpoint()
            two = SSHEndpoint()
        }
        return one != two || secrets != other.secrets || configuration.database != other.configuration.database
            || configuration.tenantID != other.configuration.tenantID
    }
}

extension DatabaseEndpoint {
    fileprivate mutating func merge(_ patch: PartnerPatch) {
        kind = patch.databaseKind ?? kind
        host = patch.databaseHost ?? host
        port = patch.databasePort ?? port
        name = patch.databaseName ?? name
        username = patch.databaseUsername ?? username
        tlsMode = patch.tlsMode ?? tlsMode
        tlsCA = patch.tlsCA ?? tlsCA
    }

    /// What is missing or wrong for this kind of database.
    fileprivate var faults: [FieldFault] {
        if kind == .sqlite { return FieldRules.sqliteFileName(name).map { [FieldFault("dbName", $0)] } ?? [] }
        return [("dbHost", host.isEmpty), ("dbUsername", username.isEmpty), ("dbPort", port == 0)]
            .filter(\.1).map { FieldFault($0.0, "is required") }
    }
}

extension SSHEndpoint {
    fileprivate mutating func merge(_ patch: SSHPatch) {
        let moves = (patch.host ?? host) != host || (patch.port ?? port) != port
        hostKey = pin(after: patch.hostKey, moves: moves)
        isEnabled = patch.isEnabled ?? isEnabled
        host = patch.host ?? host
        port = patch.port ?? port
        username = patch.username ?? username
    }

    /// A client that sends back what it read does not mean to pin the new host to the old one's key.
    private func pin(after given: HostKeyPin??, moves: Bool) -> HostKeyPin? {
        guard let given else { return moves ? nil : hostKey }
        let isSame = given?.fingerprint == hostKey?.fingerprint
        if moves { return isSame ? nil : given }
        return isSame ? hostKey : given
    }

    fileprivate var faults: [FieldFault] {
        guard isEnabled else { return [] }
        return [("sshConfig.host", host.isEmpty), ("sshConfig.username", username.isEmpty)]
            .filter(\.1).map { FieldFault($0.0, "is required when SSH is enabled") }
    }
}

extension PartnerSecrets {
    fileprivate mutating func merge(_ patch: SSHPatch) throws(Rejection) {
        switch (patch.password, patch.privateKey, patch.passphrase) {
        case (.some, .some, _):
            throw .fields([FieldFault("sshConfig.privateKey", "cannot be given together with a password")])
        case (let password?, nil, _):
            ssh = .password(password)
        case (nil, let key?, let passphrase):
            ssh = .privateKey(key, passphrase: passphrase)
        case (nil, nil, let passphrase?):
            guard case .privateKey(let key, _) = ssh else {
                throw .fields([FieldFault("sshConfig.passphrase", "needs a private key")])
            }
            ssh = .privateKey(key, passphrase: passphrase)
        case (nil, nil, nil):
            break
        }
    }
}
