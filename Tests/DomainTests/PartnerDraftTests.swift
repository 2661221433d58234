import Domain
import Testing

@Suite("A new partner")
struct NewPartnerTests {
    @Test("What was not sent gets its default")
    func defaults() throws {
        let draft = try PartnerDraft.new(.complete)
        let database = DatabaseEndpoint(
            kind: .mysql, host: "db.example.com", port: 3306, name: "calls", username: "reader", tlsMode: .preferred)
        #expect(draft.configuration == PartnerConfiguration(name: "Acme", database: database))
        #expect(draft.configuration.concurrencyLimit == 10)
        #expect(draft.configuration.isActive && !draft.configuration.pauseNonPriorityCampaigns)
        #expect(draft.configuration.ssh == SSHEndpoint())
        #expect(draft.secrets == PartnerSecrets(databasePassword: Secret("db")))
    }

    @Test(
        "The port's default follows the kind of database",
        arguments: [
            (DatabaseKind.mysql, 3306), (.postgresql, 5432), (.sqlite, 0),
        ])
    func defaultPort(kind: DatabaseKind, port: Int) throws {
        #expect(try PartnerDraft.new(.complete { $0.databaseKind = kind }).configuration.database.port == port)
    }

    @Test("Everything that was sent is there")
    func everything() throws {
        let pin = HostKeyPin(keyType: "ssh-ed25519", fingerprint: .fingerprint)
        let draft = try PartnerDraft.new(
            .complete {
                $0.tenantID = 7
                $0.databaseKind = .postgresql
                $0.databasePort = 6000
                $0.tlsMode = .verifyFull
                $0.tlsCA = "PEM"
                $0.concurrencyLimit = 25
                $0.pauseNonPriorityCampaigns = true
                $0.isActive = false
                $0.ssh = SSHPatch {
                    $0.isEnabled = true
                    $0.host = "bastion"
                    $0.port = 2222
                    $0.username = "jump"
                    $0.privateKey = Secret("key")
                    $0.passphrase = Secret("open")
                    $0.hostKey = pin
                }
            })
        let database = DatabaseEndpoint(
            kind: .postgresql, host: "db.example.com", port: 6000, name: "calls", username: "reader",
            tlsMode: .verifyFull, tlsCA: "PEM")
        let ssh = SSHEndpoint(
            isEnabled: true, host: "bastion", port: 2222, username: "jump", hostKey: pin, authMethod: .privateKey)
        #expect(
            draft.configuration
                == PartnerConfiguration(
                    name: "Acme", tenantID: 7, database: database, ssh: ssh, concurrencyLimit: 25,
                    pauseNonPriorityCampaigns: true, isActive: false))
        #expect(draft.secrets.ssh == .privateKey(Secret("key"), passphrase: Secret("open")))
    }

    @Test("All that is missing is named at once")
    func missing() {
        let names = ["partnerName", "dbName", "dbHost", "dbUsername", "dbPassword"]
        #expect(throws: Rejection.fields(names.map { FieldFault($0, "is required") })) {
            try PartnerDraft.new(PartnerPatch())
        }
    }

    @Test("Missing fields of the database and of SSH are named together")
    func missingEverywhere() {
        let faults = [
            FieldFault("dbPassword", "is required"),
            FieldFault("sshConfig.host", "is required when SSH is enabled"),
            FieldFault("sshConfig.username", "is required when SSH is enabled"),
        ]
        #expect(throws: Rejection.fields(faults)) {
            try PartnerDraft.new(
                .complete {
                    $0.databasePassword = nil
                    $0.ssh = SSHPatch { $0.isEnabled = true }
                })
        }
    }

    @Test("Spaces around the name are not kept")
    func trimmedName() throws {
        #expect(try PartnerDraft.new(.complete { $0.name = "  Acme Ltd " }).configuration.name == "Acme Ltd")
    }

    @Test("SSH without a way to log in breaks a rule")
    func noAuthentication() throws {
        let rejection = #expect(throws: Rejection.self) {
            try PartnerDraft.new(.complete { $0.ssh = .bastion { $0.password = nil } })
        }
        guard case .rule(let sentence)? = rejection else {
            Issue.record("\(String(describing: rejection))")
            return
        }
        #expect(sentence.hasPrefix("SSH is enabled but no authentication method provided"))
    }

    @Test("A switched-off SSH needs nothing, and keeps what was sent")
    func disabledSSH() throws {
        let draft = try PartnerDraft.new(.complete { $0.ssh = SSHPatch { $0.host = "bastion" } })
        #expect(draft.configuration.ssh == SSHEndpoint(host: "bastion"))
    }

    @Test("A database's own name can be verified through a tunnel", arguments: [DatabaseKind.mysql, .postgresql])
    func verifyThroughTunnel(kind: DatabaseKind) throws {
        let draft = try PartnerDraft.new(
            .complete {
                $0.databaseKind = kind
                $0.tlsMode = .verifyFull
                $0.ssh = .bastion()
            })
        #expect(draft.configuration.database.tlsMode == .verifyFull)
    }
}

@Suite("A SQLite partner")
struct SQLitePartnerTests {
    @Test("Needs a name and a file only")
    func minimum() throws {
        let draft = try PartnerDraft.new(.file("demo.sqlite"))
        let database = DatabaseEndpoint(kind: .sqlite, host: "", port: 0, name: "demo.sqlite", username: "")
        #expect(draft.configuration.database == database)
        #expect(draft.secrets == PartnerSecrets())
        #expect(throws: Rejection.fields(["partnerName", "dbName"].map { FieldFault($0, "is required") })) {
            try PartnerDraft.new(PartnerPatch { $0.databaseKind = .sqlite })
        }
    }

    @Test(
        "Its file is in its folder, whatever the name tries",
        arguments: [
            "..", ".", "../x", "a/b", "/etc/passwd", "a\\b", "a/\u{301}b", "..\u{2f}\u{20e0}x", "a\0b", "a\nb",
            ".hidden", " ",
        ])
    func fileName(name: String) {
        let rejection = #expect(throws: Rejection.self) { try PartnerDraft.new(.file(name)) }
        guard case .fields(let faults)? = rejection else {
            Issue.record("\(String(describing: rejection))")
            return
        }
        #expect(faults.map(\.field) == ["dbName"])
    }

    @Test(
        "Names with dots, spaces and letters of any script are file names",
        arguments: [
            "a", "acme.2024.sqlite", "Café Köln", "データ.db", "a..b",
        ])
    func plainFileName(name: String) throws {
        #expect(try PartnerDraft.new(.file(name)).configuration.database.name == name)
    }

    @Test("Is not reached through SSH, neither new nor by an edit")
    func noSSH() throws {
        let rule = Rejection.rule("A sqlite partner cannot be reached through SSH")
        #expect(throws: rule) {
            try PartnerDraft.new(PartnerPatch.file("a.db") { $0.ssh = SSHPatch { $0.isEnabled = true } })
        }
        var tunnelled = try PartnerDraft.new(.complete { $0.ssh = .bastion() })
        #expect(throws: rule) { try tunnelled.apply(PartnerPatch { $0.databaseKind = .sqlite }) }
    }

    @Test("That becomes a server needs what a server needs, and gets its port")
    func becomesServer() throws {
        var draft = try PartnerDraft.new(.file("a.db"))
        let names = ["dbHost", "dbUsername", "dbPassword"]
        #expect(throws: Rejection.fields(names.map { FieldFault($0, "is required") })) {
            try draft.apply(PartnerPatch { $0.databaseKind = .postgresql })
        }
        #expect(try draft == PartnerDraft.new(.file("a.db")))
        try draft.apply(PartnerPatch.complete { $0.databaseKind = .postgresql })
        #expect(draft.configuration.database.port == 5432)
    }
}

// MARK: - Bodies to vary

extension PartnerPatch {
    init(_ change: (inout PartnerPatch) -> Void) {
        self.init()
        change(&self)
    }

    static var complete: PartnerPatch { complete { _ in } }

    static func complete(_ change: (inout PartnerPatch) -> Void) -> PartnerPatch {
        PartnerPatch {
            $0.name = "Acme"
            $0.databaseHost = "db.example.com"
            $0.databaseName = "calls"
            $0.databaseUsername = "reader"
            $0.databasePassword = Secret("db")
            change(&$0)
        }
    }

    static func file(_ name: String, _ change: (inout PartnerPatch) -> Void = { _ in }) -> PartnerPatch {
        PartnerPatch {
            $0.name = "Demo"
            $0.databaseKind = .sqlite
            $0.databaseName = name
            change(&$0)
        }
    }

    static func ssh(_ change: (inout SSHPatch) -> Void) -> PartnerPatch {
        PartnerPatch { $0.ssh = SSHPatch(change) }
    }
}

extension SSHPatch {
    init(_ change: (inout SSHPatch) -> Void) {
        self.init()
        change(&self)
    }

    static func bastion(_ change: (inout SSHPatch) -> Void = { _ in }) -> SSHPatch {
        SSHPatch {
            $0.isEnabled = true
            $0.host = "bastion"
            $0.username = "jump"
            $0.password = Secret("ssh")
            change(&$0)
        }
    }
}

extension String {
    static let fingerprint = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
    static let otherFingerprint = "SHA256:ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs"
}
