/// The steps from a partner's name to its tables, in order; the raw value is the stage's name in the API.
package enum ConnectionStage: String, Sendable, CaseIterable {
    case resolve
    case sshConnect = "ssh-connect"
    case sshHostKey = "ssh-host-key"
    case sshAuth = "ssh-auth"
    case tunnel
    case dbConnect = "db-connect"
    case dbAuth = "db-auth"
    case schema
    /// After connecting: a statement that reads or writes. Not a stage of a test.
    case query
}

/// How long one stage took.
package struct StageTiming: Sendable, Equatable {
    package let stage: ConnectionStage
    package let milliseconds: Int

    package init(stage: ConnectionStage, milliseconds: Int) {
        self.stage = stage
        self.milliseconds = milliseconds
    }
}

/// Why a contact with a partner failed.
package struct VisitError: Error, Sendable, Equatable, CustomStringConvertible {
    package let kind: VisitFailureKind
    package let stage: ConnectionStage
    /// One sentence for a person, safe to show: `SSH connection failed: Authentication failed`.
    package let message: String
    /// For the log only: what the library or server said. Never holds a secret.
    package let detail: String
    /// The key that a successful SSH login saw before the failure; to be pinned if none is.
    package var hostKey: HostKeyPin?
    /// A warm session turned out to be dead before the server did anything: worth one new connection at once.
    package var isStaleSession: Bool

    package init(
        kind: VisitFailureKind, stage: ConnectionStage, message: String, detail: String = "",
        hostKey: HostKeyPin? = nil, isStaleSession: Bool = false
    ) {
        self.kind = kind
        self.stage = stage
        self.message = message
        self.detail = detail
        self.hostKey = hostKey
        self.isStaleSession = isStaleSession
    }

    package var description: String { message }
}

/// What a connection test found, stage by stage.
package struct ConnectionReport: Sendable, Equatable {
    /// The stages that were begun, the failed one included, each with its time.
    package var stages: [StageTiming]
    package var elapsedMilliseconds: Int
    package var viaSSH: Bool
    /// The key that the bastion showed once it was accepted.
    package var hostKey: HostKeyPin?
    package var result: Result<ConnectionFindings, VisitError>

    package init(
        stages: [StageTiming], elapsedMilliseconds: Int, viaSSH: Bool, hostKey: HostKeyPin?,
        result: Result<ConnectionFindings, VisitError>
    ) {
        self.stages = stages
        self.elapsedMilliseconds = elapsedMilliseconds
        self.viaSSH = viaSSH
        self.hostKey = hostKey
        self.result = result
    }
}

/// What a successful test knows of the database.
package struct ConnectionFindings: Sendable, Equatable {
    package var database: String
    package var serverVersion: String
    /// The tables that are limited to the tenant; empty when the partner is not limited to one.
    package var tenantScoped: [String]
    /// Sentences: a missing index, a clock more than 60 s apart, no right to write `settings`.
    package var warnings: [String]

    package init(database: String, serverVersion: String, tenantScoped: [String], warnings: [String]) {
        self.database = database
        self.serverVersion = serverVersion
        self.tenantScoped = tenantScoped
        self.warnings = warnings
    }
}

/// What became of a change that was written to a partner.
package struct AppliedChange: Sendable, Equatable {
    /// The text found before; `nil` if there was no row.
    package let previousValue: String?
    /// The value was there already, so nothing was written.
    package let wasInForce: Bool
    /// The partner has no audit table: the setting was written without a record of it.
    package let isUnaudited: Bool

    package init(previousValue: String?, wasInForce: Bool, isUnaudited: Bool) {
        self.previousValue = previousValue
        self.wasInForce = wasInForce
        self.isUnaudited = isUnaudited
    }
}
