import Domain
import Testing

/// A body and all that it is to change.
private struct Edit: Sendable {
    let patch: PartnerPatch
    let effect: @Sendable (inout PartnerDraft) -> Void

    init(_ patch: PartnerPatch, effect: @escaping @Sendable (inout PartnerDraft) -> Void) {
        self.patch = patch
        self.effect = effect
    }
}

@Suite("An edit of a partner")
struct PartnerEditTests {
    private let pin = HostKeyPin(keyType: "ssh-ed25519", fingerprint: .fingerprint)

    private func tunnelled() throws -> PartnerDraft {
        try PartnerDraft.new(.complete { $0.ssh = .bastion { $0.hostKey = pin } })
    }

    @Test("That says nothing changes nothing")
    func nothing() throws {
        var draft = try tunnelled()
        try draft.apply(PartnerPatch())
        try draft.apply(.ssh { _ in })
        #expect(try draft == tunnelled())
    }

    @Test(
        "Changes what it names alone",
        arguments: [
            Edit(PartnerPatch { $0.name = "Zen" }) { $0.configuration.name = "Zen" },
            Edit(PartnerPatch { $0.tenantID = 0 }) { $0.configuration.tenantID = 0 },
            Edit(PartnerPatch { $0.databaseKind = .postgresql }) { $0.configuration.database.kind = .postgresql },
            Edit(PartnerPatch { $0.databaseHost = "other" }) { $0.configuration.database.host = "other" },
            Edit(PartnerPatch { $0.databasePort = 1 }) { $0.configuration.database.port = 1 },
            Edit(PartnerPatch { $0.databaseName = "n" }) { $0.configuration.database.name = "n" },
            Edit(PartnerPatch { $0.databaseUsername = "u" }) { $0.configuration.database.username = "u" },
            Edit(PartnerPatch { $0.databasePassword = Secret("p") }) { $0.secrets.databasePassword = Secret("p") },
            Edit(PartnerPatch { $0.tlsMode = .required }) { $0.configuration.database.tlsMode = .required },
            Edit(PartnerPatch { $0.tlsCA = "PEM" }) { $0.configuration.database.tlsCA = "PEM" },
            Edit(PartnerPatch { $0.tlsCA = .some(nil) }) { $0.configuration.database.tlsCA = nil },
            Edit(PartnerPatch { $0.concurrencyLimit = 3 }) { $0.configuration.concurrencyLimit = 3 },
            Edit(PartnerPatch { $0.pauseNonPriorityCampaigns = true }) {
                $0.configuration.pauseNonPriorityCampaigns = true
            },
            Edit(PartnerPatch { $0.isActive = false }) { $0.configuration.isActive = false },
            Edit(.ssh { $0.isEnabled = false }) { $0.configuration.ssh.isEnabled = false },
            Edit(.ssh { $0.username = "x" }) { $0.configuration.ssh.username = "x" },
            Edit(.ssh { $0.password = Secret("x") }) { $0.secrets.ssh = .password(Secret("x")) },
        ])
    private func one(edit: Edit) throws {
        var draft = try tunnelled()
        draft.configuration.database.tlsCA = "OLD"
        draft.configuration.tenantID = 9
        var expected = draft
        edit.effect(&expected)
        try draft.apply(edit.patch)
        #expect(draft == expected)
    }

    @Test("That is refused changes nothing")
    func atomic() throws {
        var draft = try PartnerDraft.new(.complete)
        #expect(throws: Rejection.self) {
            try draft.apply(
                PartnerPatch {
                    $0.name = "Zen"
                    $0.ssh = .bastion { $0.password = nil }
                })
        }
        #expect(try draft == PartnerDraft.new(.complete))
    }

    @Test("SSH can be switched off and on again without its secrets")
    func offAndOn() throws {
        var draft = try tunnelled()
        try draft.apply(.ssh { $0.isEnabled = false })
        try draft.apply(.ssh { $0.isEnabled = true })
        #expect(try draft == tunnelled())
    }

    // MARK: - SSH secrets

    @Test("A private key replaces a stored password, and a password a stored key")
    func replace() throws {
        var draft = try tunnelled()
        try draft.apply(
            .ssh {
                $0.privateKey = Secret("k"); $0.passphrase = Secret("old")
            })
        #expect(draft.secrets.ssh == .privateKey(Secret("k"), passphrase: Secret("old")))
        #expect(draft.configuration.ssh.authMethod == .privateKey)
        try draft.apply(.ssh { $0.password = Secret("p") })
        #expect(draft.secrets.ssh == .password(Secret("p")))
        #expect(draft.configuration.ssh.authMethod == .password)
    }

    @Test("A passphrase alone goes with the stored key; a new key without one keeps what is stored")
    func passphrase() throws {
        var draft = try tunnelled()
        try draft.apply(.ssh { $0.privateKey = Secret("k1") })
        try draft.apply(.ssh { $0.passphrase = Secret("open") })
        #expect(draft.secrets.ssh == .privateKey(Secret("k1"), passphrase: Secret("open")))
        try draft.apply(.ssh { $0.privateKey = Secret("k2") })
        #expect(draft.secrets.ssh == .privateKey(Secret("k2"), passphrase: Secret("open")))
    }

    @Test(
        "Secrets that exclude each other are faults",
        arguments: [
            (
                SSHPatch {
                    $0.password = Secret("p"); $0.privateKey = Secret("k")
                }, "sshConfig.privateKey"
            ),
            (
                SSHPatch {
                    $0.password = Secret("p"); $0.passphrase = Secret("x")
                }, "sshConfig.passphrase"
            ),
            (SSHPatch { $0.passphrase = Secret("x") }, "sshConfig.passphrase"),
        ])
    func contradiction(patch: SSHPatch, field: String) throws {
        var draft = try tunnelled()
        let rejection = #expect(throws: Rejection.self) { try draft.apply(PartnerPatch { $0.ssh = patch }) }
        guard case .fields(let faults)? = rejection else {
            Issue.record("\(String(describing: rejection))")
            return
        }
        #expect(faults.map(\.field) == [field])
    }

    // MARK: - The host key

    @Test(
        "The pin follows the server, not the form",
        arguments: [
            (SSHPatch { $0.username = "x" }, HostKeyPin(keyType: "ssh-ed25519", fingerprint: .fingerprint)),
            (SSHPatch { $0.hostKey = .some(nil) }, nil),
            (SSHPatch { $0.host = "new" }, nil),
            (SSHPatch { $0.port = 2222 }, nil),
            // The same server, as GET shows it.
            (
                SSHPatch {
                    $0.host = "bastion"; $0.port = 22
                }, HostKeyPin(keyType: "ssh-ed25519", fingerprint: .fingerprint)
            ),
            (SSHPatch { $0.host = "Bastion" }, HostKeyPin(keyType: "ssh-ed25519", fingerprint: .fingerprint)),
            // The old fingerprint, with or without its type, says nothing of a new server.
            (
                SSHPatch {
                    $0.host = "new"; $0.hostKey = HostKeyPin("ssh-ed25519 " + .fingerprint)
                }, nil
            ),
            (
                SSHPatch {
                    $0.host = "new"; $0.hostKey = HostKeyPin(.fingerprint)
                }, nil
            ),
            (
                SSHPatch {
                    $0.host = "new"; $0.hostKey = .some(nil)
                }, nil
            ),
            (
                SSHPatch {
                    $0.host = "new"; $0.hostKey = HostKeyPin(.otherFingerprint)
                }, HostKeyPin(.otherFingerprint)
            ),
            (
                SSHPatch {
                    $0.port = 2222; $0.hostKey = HostKeyPin(.otherFingerprint)
                }, HostKeyPin(.otherFingerprint)
            ),
            (SSHPatch { $0.hostKey = HostKeyPin(.otherFingerprint) }, HostKeyPin(.otherFingerprint)),
            // Sent back without its type, the type is still known; another type is taken.
            (SSHPatch { $0.hostKey = HostKeyPin(.fingerprint) }, HostKeyPin("ssh-ed25519 " + .fingerprint)),
            (SSHPatch { $0.hostKey = HostKeyPin("ssh-rsa " + .fingerprint) }, HostKeyPin("ssh-rsa " + .fingerprint)),
        ])
    func pin(patch: SSHPatch, expected: HostKeyPin?) throws {
        var draft = try tunnelled()
        try draft.apply(PartnerPatch { $0.ssh = patch })
        #expect(draft.configuration.ssh.hostKey == expected)
    }

    @Test("A fingerprint for a server that had none is taken, with a new host too")
    func firstPin() throws {
        var draft = try PartnerDraft.new(.complete { $0.ssh = .bastion() })
        try draft.apply(
            .ssh {
                $0.host = "new"; $0.hostKey = pin
            })
        #expect(draft.configuration.ssh.hostKey == pin)
    }

    // MARK: - Connections

    @Test(
        "Needs new connections for anything but name, limit, pause and activity",
        arguments: [
            (PartnerPatch { $0.name = "Zen" }, false),
            (PartnerPatch { $0.concurrencyLimit = 3 }, false),
            (PartnerPatch { $0.pauseNonPriorityCampaigns = true }, false),
            (PartnerPatch { $0.isActive = false }, false),
            (PartnerPatch(), false),
            (PartnerPatch { $0.tenantID = 5 }, true),
            (PartnerPatch { $0.databaseHost = "other" }, true),
            (PartnerPatch { $0.databasePassword = Secret("p") }, true),
            (PartnerPatch { $0.tlsCA = "PEM" }, true),
            (.ssh { $0.isEnabled = false }, true),
            (.ssh { $0.password = Secret("p") }, true),
            (.ssh { $0.hostKey = .some(nil) }, true),
        ])
    func connections(patch: PartnerPatch, differ: Bool) throws {
        let old = try tunnelled()
        var new = old
        try new.apply(patch)
        #expect(old.connectsDifferently(from: new) == differ)
        #expect(new.connectsDifferently(from: old) == differ)
    }
}
