import Domain
import Foundation
import Sync

/// How partners look from outside. `Partner` itself is not encodable, so that nothing gets out by accident.
extension JSONWriter {
    /// One partner of a list; never a secret.
    mutating func partner(_ standing: PartnerStanding) {
        let partner = standing.partner
        let configuration = partner.configuration
        member("id", partner.id.rawValue)
        member("partnerName", configuration.name)
        member("tenantId", configuration.tenantID)
        database(configuration.database)
        member("concurrencyLimit", configuration.concurrencyLimit)
        member("pauseNonPriorityCampaigns", configuration.pauseNonPriorityCampaigns)
        member("isActive", configuration.isActive)
        key("sshConfig")
        object { $0.ssh(configuration.ssh) }
        sync(standing)
        member("createdAt", partner.createdAt)
        member("updatedAt", partner.updatedAt)
    }

    private mutating func database(_ database: DatabaseEndpoint) {
        member("dbHost", database.host)
        member("dbPort", database.port)
        member("dbName", database.name)
        member("dbType", database.kind.rawValue)
        member("dbUsername", database.username)
        member("dbTlsMode", database.tlsMode.rawValue)
    }

    private mutating func ssh(_ ssh: SSHEndpoint) {
        member("enabled", ssh.isEnabled)
        guard ssh.isEnabled else { return }
        member("host", ssh.host)
        member("port", ssh.port)
        member("username", ssh.username)
        member("authMethod", ssh.authMethod?.rawValue)
        // Left out while nothing is pinned: `null` sent back would clear a pin made since.
        if let pin = ssh.hostKey { member("hostKeyFingerprint", pin.description) }
    }

    private mutating func sync(_ standing: PartnerStanding) {
        member("lastSyncAt", standing.sync.lastSyncAt)
        member("lastSyncStatus", standing.sync.status.rawValue)
        member("lastErrorMessage", standing.sync.lastErrorMessage)
        member("consecutiveFailures", standing.sync.consecutiveFailures)
        member("nextSyncAt", standing.sync.nextSyncAt)
        member("alertLevel", standing.judgement?.level.rawValue)
        key("pendingChanges")
        array { json in
            for pending in standing.pending {
                json.object { $0.members(of: pending) }
            }
        }
    }

    private mutating func members(of pending: PendingChange) {
        member("field", pending.change.field.rawValue)
        member("value", pending.change)
        member("since", pending.since)
        member("error", pending.error)
    }
}

extension JSONWriter {
    /// The latest snapshot of a partner, with the level at which the partner stands now.
    mutating func metrics(_ snapshot: Snapshot, of standing: PartnerStanding) {
        let metrics = snapshot.metrics
        let judgement = standing.judgement ?? snapshot.judgement
        let milliseconds = Int64((snapshot.time.timeIntervalSince1970 * 1000).rounded())
        member("id", "\(snapshot.partnerID)-\(milliseconds)")
        member("partnerId", snapshot.partnerID.rawValue)
        member("campaignsToday", metrics.campaignsToday)
        member("runningCampaigns", metrics.runningCampaigns)
        member("activeCalls", metrics.activeCalls)
        member("queuedCalls", metrics.queuedCalls)
        member("completedCallsToday", metrics.completedCallsToday)
        member("voicemailCount", metrics.voicemailCount)
        member("customerEndedCount", metrics.customerEndedCount)
        member("remainingCalls", metrics.remainingCalls)
        member("concurrencyLimit", metrics.concurrencyLimit)
        member("utilizationPercent", metrics.utilizationPercent)
        member("alertLevel", judgement.level.rawValue)
        member("alertMessage", judgement.message)
        member("snapshotTime", snapshot.time)
        member("dataFetchTimeMs", snapshot.fetchMilliseconds)
        member("isStale", standing.isStale)
    }

    /// One line of a partner's connection log.
    mutating func members(of log: ConnectionLog) {
        member("id", log.id)
        member("partnerId", log.partnerID.rawValue)
        member("operation", log.operation.rawValue)
        member("status", log.status.rawValue)
        member("timestamp", log.time)
        member("responseTimeMs", log.responseMilliseconds)
        member("errorMessage", log.errorMessage)
    }
}

extension JSONWriter {
    /// What a connection test found.
    mutating func members(of report: ConnectionReport) {
        switch report.result {
        case .success(let findings):
            member("success", true)
            member("message", report.viaSSH ? "Connection successful via SSH tunnel" : "Connection successful")
            member("responseTimeMs", report.elapsedMilliseconds)
            key("details")
            object { $0.details(findings, of: report) }
        case .failure(let error):
            member("success", false)
            member("message", error.message)
            member("responseTimeMs", report.elapsedMilliseconds)
            key("details")
            object { json in
                json.member("failedStage", error.stage.rawValue)
                json.stages(report.stages)
            }
        }
    }

    private mutating func details(_ findings: ConnectionFindings, of report: ConnectionReport) {
        member("database", findings.database)
        member("via_ssh", report.viaSSH)
        member("serverVersion", findings.serverVersion)
        strings("tenantScoped", findings.tenantScoped)
        member("hostKeyFingerprint", report.hostKey?.description)
        stages(report.stages)
        strings("warnings", findings.warnings)
    }

    private mutating func stages(_ stages: [StageTiming]) {
        key("stages")
        array { json in
            for timing in stages {
                json.object {
                    $0.member("stage", timing.stage.rawValue)
                    $0.member("timeMs", timing.milliseconds)
                }
            }
        }
    }

    private mutating func strings(_ name: String, _ texts: [String]) {
        key(name)
        array { json in
            for text in texts { json.string(text) }
        }
    }
}
