import Domain
import Foundation
import Partners
import Synchronization

/// Partners as the documented examples have them, without a network: what a host is called decides how it answers.
final class StubGateway: PartnerGateway {
    static let reading = MetricsReading(
        metrics: Metrics(
            campaignsToday: 42, runningCampaigns: 8, activeCalls: 2, queuedCalls: 3, completedCallsToday: 125,
            voicemailCount: 45, customerEndedCount: 80, remainingCalls: 537, concurrencyLimit: 5),
        partnerLimit: 5, partnerPause: false)
    static let hostKey = HostKeyPin(keyType: "ssh-ed25519", fingerprint: "SHA256:" + String(repeating: "A", count: 43))
    static let refusal = VisitError(
        kind: .sshLogin, stage: .sshAuth, message: "SSH connection failed: Authentication failed")
    static let noRight = VisitError(
        kind: .query, stage: .query, message: "Query failed: The database user lacks a right that this needs")

    static let statistics: PeriodStatistics = {
        var statistics = PeriodStatistics()
        for (status, count) in ["ENDED": 850, "INPROGRESS": 12, "QUEUED": 45, "FAILED": 516, "CANCELLED": 100] {
            statistics.calls.add(count, of: status)
        }
        for (status, count) in ["submitted": 180, "pending": 35, "approved": 20, "rejected": 10] {
            statistics.submittals.add(count, of: status)
        }
        return statistics
    }()

    /// How many slow partners are being read.
    let readsUnderWay = Mutex(0)
    private let checked = Mutex<[PartnerAccess]>([])

    /// What was tested so far, secrets included.
    var checks: [PartnerAccess] { checked.withLock { $0 } }

    func isWarm(_ partner: Partner) -> Bool { false }

    func connect(_ access: PartnerAccess, within limit: Duration) async throws(VisitError) -> HostKeyPin? {
        if access.isRefused { throw Self.refusal }
        if access.isSilent { try await silence(limit) }
        return access.partner.configuration.ssh.isEnabled ? Self.hostKey : nil
    }

    func readMetrics(
        _ access: PartnerAccess, today: Range<Date>, within limit: Duration
    ) async throws(VisitError) -> MetricsReading {
        var reading = Self.reading
        reading.metrics.concurrencyLimit = access.partner.configuration.concurrencyLimit
        reading.partnerLimit = nil
        reading.partnerPause = nil
        return reading
    }

    func apply(
        _ change: SettingChange, to access: PartnerAccess, now: Date, within limit: Duration
    ) async throws(VisitError) -> AppliedChange {
        if access.isReadOnly { throw Self.noRight }
        return AppliedChange(previousValue: nil, wasInForce: false, isUnaudited: access.isUnaudited)
    }

    private func silence(_ limit: Duration) async throws(VisitError) {
        do { try await Task.sleep(for: limit) } catch {
            throw VisitError(kind: .database, stage: .dbConnect, message: "Database connection failed: Cancelled")
        }
        throw VisitError(kind: .timeout, stage: .dbConnect, message: "Database connection failed: Timed out")
    }

    func check(
        _ access: PartnerAccess, connectionLimit: Duration, queryLimit: Duration, now: Date,
        onConnected: @Sendable () -> Void
    ) async -> ConnectionReport {
        checked.withLock { $0.append(access) }
        let configuration = access.partner.configuration
        let stages: [StageTiming] = [
            StageTiming(stage: .resolve, milliseconds: 3), StageTiming(stage: .sshConnect, milliseconds: 40),
            StageTiming(stage: .sshHostKey, milliseconds: 20), StageTiming(stage: .sshAuth, milliseconds: 80),
        ]
        let findings = ConnectionFindings(
            database: configuration.database.name, serverVersion: "10.11.6-MariaDB", tenantScoped: ["calls"],
            warnings: ["no index on calls.status"])
        return ConnectionReport(
            stages: stages, elapsedMilliseconds: 245, viaSSH: configuration.ssh.isEnabled,
            hostKey: configuration.ssh.isEnabled ? Self.hostKey : nil,
            result: access.isRefused ? .failure(Self.refusal) : .success(findings))
    }

    func inspect(key: Secret, passphrase: Secret?) async throws(FieldFault) {
        guard key.clearText.hasPrefix("-----BEGIN") else {
            throw FieldFault("sshConfig.privateKey", "is not a private key")
        }
    }

    func needsHandshakeForStatistics(_ partner: Partner) -> Bool { false }

    func connectForStatistics(
        _ access: PartnerAccess, mayShakeHands: Bool, within limit: Duration
    ) async throws(VisitError) -> HostKeyPin? {
        try await connect(access, within: limit)
    }

    /// The numbers of the documented example; a partner called `slow.example.com` takes until it is cancelled.
    func readPeriod(
        _ access: PartnerAccess, range: Range<Date>, within limit: Duration
    ) async throws(VisitError) -> PeriodStatistics {
        if access.partner.configuration.database.host == "slow.example.com" {
            readsUnderWay.withLock { $0 += 1 }
            defer { readsUnderWay.withLock { $0 -= 1 } }
            do { try await Task.sleep(for: limit) } catch { throw Self.refusal }
        }
        return Self.statistics
    }

    func tidyUpStatistics(idleAfter limit: Duration) async -> Duration? { nil }

    func drop(_ id: PartnerID) async {}
    func shutdown() async {}
}

extension PartnerAccess {
    fileprivate var isRefused: Bool { partner.configuration.database.host == "refused.example.com" }
    fileprivate var isSilent: Bool { partner.configuration.database.host == "silent.example.com" }
    fileprivate var isReadOnly: Bool { partner.configuration.database.host == "readonly.example.com" }
    fileprivate var isUnaudited: Bool { partner.configuration.database.host == "unaudited.example.com" }
}
