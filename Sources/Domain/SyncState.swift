package import Foundation

/// How a partner's last visit ended; the raw value is `lastSyncStatus` in the API.
package enum SyncStatus: String, Sendable {
    case neverSynced = "NEVER_SYNCED"
    case inProgress = "IN_PROGRESS"
    case success = "SUCCESS"
    case failed = "FAILED"
}

/// Where a partner stands in the heartbeat. `inProgress` is known to the running engine only and never stored.
package struct SyncState: Sendable, Equatable {
    package var status: SyncStatus
    /// When the last visit ended, well or not.
    package var lastSyncAt: Date?
    /// The sentence of the last failure; `nil` after a success.
    package var lastErrorMessage: String?
    /// 0 after a success.
    package var consecutiveFailures: Int
    /// The stage of the last failure; `nil` after a success. A login's failure is retried with more restraint.
    package var lastFailure: VisitFailureKind?
    /// When the partner is due; `nil`: not scheduled (inactive).
    package var nextSyncAt: Date?

    package init(
        status: SyncStatus = .neverSynced, lastSyncAt: Date? = nil, lastErrorMessage: String? = nil,
        consecutiveFailures: Int = 0, lastFailure: VisitFailureKind? = nil, nextSyncAt: Date? = nil
    ) {
        self.status = status
        self.lastSyncAt = lastSyncAt
        self.lastErrorMessage = lastErrorMessage
        self.consecutiveFailures = consecutiveFailures
        self.lastFailure = lastFailure
        self.nextSyncAt = nextSyncAt
    }
}

/// What kind of thing ended a contact with a partner. The raw value is stored.
package enum VisitFailureKind: String, Sendable {
    /// The bastion could not be reached, spoke another protocol, or closed.
    case ssh
    /// The bastion refused the login.
    case sshLogin
    /// The bastion showed another key than the pinned one.
    case hostKey
    /// The database could not be reached or closed, or its TLS was refused.
    case database
    /// The database refused the login.
    case databaseLogin
    /// The schema lacks something, or a statement failed.
    case query
    /// A deadline passed, whatever the stage.
    case timeout

    /// Servers lock out those who insist on a refused login.
    package var isLogin: Bool { self == .sshLogin || self == .databaseLogin }
}

/// A value to be written into a partner's `settings` table.
package enum SettingChange: Sendable, Hashable {
    case concurrencyLimit(Int)
    case pauseNonPriorityCampaigns(Bool)

    package var field: SettingField {
        switch self {
        case .concurrencyLimit: .concurrencyLimit
        case .pauseNonPriorityCampaigns: .pauseNonPriorityCampaigns
        }
    }

    /// The text in the partner's `settings.value`.
    package var settingValue: String {
        switch self {
        case .concurrencyLimit(let limit): String(limit)
        case .pauseNonPriorityCampaigns(let isPaused): isPaused ? "true" : "false"
        }
    }
}

/// The two settings that the console writes; the raw value is the API's name of the field.
package enum SettingField: String, Sendable, CaseIterable {
    case concurrencyLimit
    case pauseNonPriorityCampaigns

    /// `settings.name` in the partner's database.
    package var settingName: String {
        switch self {
        case .concurrencyLimit: "callConcurrency"
        case .pauseNonPriorityCampaigns: "pauseNonPriorityCampaigns"
        }
    }
}

/// A change that an operator made and the partner has not confirmed yet.
package struct PendingChange: Sendable, Equatable {
    /// The history row that it belongs to; a newer change of the same field has a larger one.
    package let changeID: Int64
    package let change: SettingChange
    package let since: Date
    /// Why the last attempt failed; `nil` before the first.
    package let error: String?

    package init(changeID: Int64, change: SettingChange, since: Date, error: String?) {
        self.changeID = changeID
        self.change = change
        self.since = since
        self.error = error
    }
}

/// How an attempt ended; the raw value is `status` of a connection log in the API.
package enum ConnectionStatus: String, Sendable {
    case success = "SUCCESS"
    case sshFailed = "SSH_FAILED"
    case dbFailed = "DB_FAILED"
    case queryFailed = "QUERY_FAILED"
    case timeout = "TIMEOUT"
}

/// What a connection log is about; the raw value is `operation` in the API.
package enum ConnectionOperation: String, Sendable {
    case test
    case sync
    case write
}

/// One line of a partner's connection log.
package struct ConnectionLog: Sendable, Equatable {
    package let id: String
    package let partnerID: PartnerID
    package let operation: ConnectionOperation
    package let status: ConnectionStatus
    package let time: Date
    package let responseMilliseconds: Int
    /// `nil` exactly on success.
    package let errorMessage: String?

    package init(
        id: String, partnerID: PartnerID, operation: ConnectionOperation, status: ConnectionStatus, time: Date,
        responseMilliseconds: Int, errorMessage: String?
    ) {
        self.id = id
        self.partnerID = partnerID
        self.operation = operation
        self.status = status
        self.time = time
        self.responseMilliseconds = responseMilliseconds
        self.errorMessage = errorMessage
    }
}

extension VisitFailureKind {
    /// How a connection log names this failure.
    package var connectionStatus: ConnectionStatus {
        switch self {
        case .ssh, .sshLogin, .hostKey: .sshFailed
        case .database, .databaseLogin: .dbFailed
        case .query: .queryFailed
        case .timeout: .timeout
        }
    }
}
