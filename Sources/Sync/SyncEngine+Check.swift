package import Domain
import Foundation
import Partners
import Store
import Synchronization

extension SyncEngine {
    /// Tests a stored partner, logs it, pins a first host key, and makes an active partner due afresh.
    ///
    /// A visit under way is ended; the visit that follows the test takes its place.
    package func test(_ id: PartnerID) async throws(SyncError) -> ConnectionReport {
        guard picture.partner(id) != nil else { throw .partnerNotFound }
        return try await inOperatorsTurn(for: id, bastion: nil) { () async throws(SyncError) in
            let access = try await stored { () async throws(StoreError) in try await store.access(to: id) }
            guard let access else { throw .partnerNotFound }
            let report = await check(access)
            if Task.isCancelled { throw .interrupted }
            try await stored { () async throws(StoreError) in try await keep(report, of: access.partner) }
            return report
        }
    }

    /// Tests what is not saved yet: a body merged into partner `stored` if given, else a new partner; logs nothing.
    /// `faults` as in `create`.
    package func test(
        _ patch: PartnerPatch, besides faults: [FieldFault] = [], basedOn stored: PartnerID?
    ) async throws(SyncError) -> ConnectionReport {
        let draft = try await draft(patch, besides: faults, basedOn: stored)
        let now = clock.now
        // An id of its own: the stored partner's connections are none of its business.
        let partner = Partner(
            id: .random(), configuration: draft.configuration, revision: 0, createdAt: now, updatedAt: now)
        let access = PartnerAccess(partner: partner, secrets: draft.secrets)
        return try await inOperatorsTurn(for: nil, bastion: draft.configuration.bastion) { await check(access) }
    }
}

extension SyncEngine {
    /// Waits for one of the operators' slots, the bastion's permit and the partner, all at once, and gives them back.
    private func inOperatorsTurn(
        for id: PartnerID?, bastion: String?, _ test: () async throws(SyncError) -> ConnectionReport
    ) async throws(SyncError) -> ConnectionReport {
        let turn = Signal()
        let job = state.withLock { $0.lineUp(for: id, bastion: bastion, turn) }
        var answer = Bastion.Answer.unknown
        defer { finish(job, answer) }
        if let id { interrupt(id) }
        pump()
        await turn.wait()
        if Task.isCancelled { throw .interrupted }
        let report = try await test()
        answer = Bastion.Answer(report.result)
        return report
    }

    private func finish(_ job: Int, _ answer: Bastion.Answer) {
        let now = stopwatch.now
        state.withLock { $0.endJob(job, answer, at: now) }
        pump()
    }

    private func check(_ access: PartnerAccess) async -> ConnectionReport {
        let (settings, now, began) = (settings, clock.now, stopwatch.now)
        let limits = (Duration.seconds(settings.connectionTimeout), Duration.seconds(settings.queryTimeout))
        let belt = began + limits.0 + limits.1 + .seconds(2)
        let report = await Sync.run(
            { await self.gateway.check(access, connectionLimit: limits.0, queryLimit: limits.1, now: now) },
            until: { await self.stopwatch.sleep(until: belt) })
        if let report { return report }
        let isViaSSH = access.partner.configuration.ssh.isEnabled
        return ConnectionReport(
            stages: [], elapsedMilliseconds: (stopwatch.now - began).milliseconds, viaSSH: isViaSSH, hostKey: nil,
            result: .failure(.missed(limits.0, at: isViaSSH ? .sshConnect : .dbConnect)))
    }

    private func keep(_ report: ConnectionReport, of partner: Partner) async throws(StoreError) {
        let now = clock.now
        try await store.log(ConnectionLog(report, of: partner.id, at: now))
        if let hostKey = report.pinnableHostKey {
            try await store.pin(hostKey, for: partner.id, revision: partner.revision)
        }
        state.withLock { $0.forgive(partner.id) }
        if partner.configuration.isActive { try await store.schedule(partner.id, at: now) }
        try await refresh(partner.id)
    }
}

extension ConnectionLog {
    fileprivate init(_ report: ConnectionReport, of id: PartnerID, at now: Date) {
        let error: VisitError? = if case .failure(let error) = report.result { error } else { nil }
        self.init(
            id: UUID().uuidString.lowercased(), partnerID: id, operation: .test,
            status: error?.kind.connectionStatus ?? .success, time: now,
            responseMilliseconds: report.elapsedMilliseconds, errorMessage: error?.message)
    }
}

extension ConnectionReport {
    /// The key that a successful SSH login saw, whatever the database then said.
    fileprivate var pinnableHostKey: HostKeyPin? {
        guard case .failure(let error) = result else { return hostKey }
        return switch error.stage {
        case .resolve, .sshConnect, .sshHostKey, .sshAuth: nil
        case .tunnel, .dbConnect, .dbAuth, .schema, .query: hostKey
        }
    }
}
