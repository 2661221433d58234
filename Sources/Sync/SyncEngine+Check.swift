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
        guard let bastion = picture.partner(id).map(\.configuration.bastion) else { throw .partnerNotFound }
        return try await inOperatorsTurn(for: id, bastion: bastion) { job throws(SyncError) in
            let record = try await stored { () async throws(StoreError) in try await store.partner(id: id) }
            guard let partner = record?.partner else { throw .partnerNotFound }
            let report = try await check(partner, job)
            if Task.isCancelled { throw .interrupted }
            try await stored { () async throws(StoreError) in try await keep(report, of: partner) }
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
        return try await inOperatorsTurn(for: nil, bastion: draft.configuration.bastion) { job in
            await check(access, job)
        }
    }
}

extension SyncEngine {
    /// Waits for a slot, the bastion's permit and the partner, and gives them back.
    ///
    /// Who does not get them within the time that a test may take is told so in a report that nobody keeps.
    private func inOperatorsTurn(
        for id: PartnerID?, bastion: String?, _ test: (Int) async throws(SyncError) -> ConnectionReport
    ) async throws(SyncError) -> ConnectionReport {
        let turn = Signal()
        let job = state.withLock { $0.lineUp(for: id, bastion: bastion, turn) }
        var answer = Bastion.Answer.unknown
        defer { finish(job, answer) }
        pump()
        let limit = Duration.seconds(settings.connectionTimeout + settings.queryTimeout)
        let end = stopwatch.now + limit
        let hasTurn: Void? = await Sync.run({ await turn.wait() }, until: { await self.stopwatch.sleep(until: end) })
        if Task.isCancelled { throw .interrupted }
        guard hasTurn != nil else { return .failed(.noTurn(within: limit), viaSSH: bastion != nil, after: limit) }
        let report = try await test(job)
        answer = Bastion.Answer(report.result)
        return report
    }

    private func finish(_ job: Int, _ answer: Bastion.Answer) {
        let now = stopwatch.now
        state.withLock { $0.endJob(job, answer, at: now) }
        pump()
    }

    private func check(_ partner: Partner, _ job: Int) async throws(SyncError) -> ConnectionReport {
        let access: PartnerAccess?
        do throws(StoreError) { access = try await store.access(to: partner.id) } catch .damagedSecret(let field) {
            return .failed(.damagedSecret(field), viaSSH: partner.configuration.ssh.isEnabled)
        } catch {
            throw SyncError(error)
        }
        guard let access else { throw .partnerNotFound }
        return await check(access, job)
    }

    private func check(_ access: PartnerAccess, _ job: Int) async -> ConnectionReport {
        let (settings, now, began) = (settings, clock.now, stopwatch.now)
        let limits = (Duration.seconds(settings.connectionTimeout), Duration.seconds(settings.queryTimeout))
        let belt = began + limits.0 + limits.1 + .seconds(2)
        let report = await Sync.run(
            {
                await self.gateway.check(
                    access, connectionLimit: limits.0, queryLimit: limits.1, now: now,
                    onConnected: { self.noteConnected(job) })
            }, until: { await self.stopwatch.sleep(until: belt) })
        if let report { return report }
        let isViaSSH = access.partner.configuration.ssh.isEnabled
        return .failed(
            .missed(limits.0, at: isViaSSH ? .sshConnect : .dbConnect), viaSSH: isViaSSH, after: stopwatch.now - began)
    }

    private func noteConnected(_ job: Int) {
        state.withLock { $0.queue.jobConnected(job) }
        pump()
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

extension VisitError {
    fileprivate static func noTurn(within limit: Duration) -> VisitError {
        VisitError(
            kind: .timeout, stage: .resolve,
            message: "The test did not begin within \(limit.components.seconds) s: too much is going on, try again")
    }
}

extension ConnectionReport {
    /// A report of a test that did not reach anybody, or did not come to an end.
    fileprivate static func failed(
        _ error: VisitError, viaSSH: Bool, after elapsed: Duration = .zero
    ) -> ConnectionReport {
        ConnectionReport(
            stages: [], elapsedMilliseconds: elapsed.milliseconds, viaSSH: viaSSH, hostKey: nil, result: .failure(error)
        )
    }

    /// The key that a successful SSH login saw, whatever the database then said.
    fileprivate var pinnableHostKey: HostKeyPin? {
        guard case .failure(let error) = result else { return hostKey }
        return switch error.stage {
        case .resolve, .sshConnect, .sshHostKey, .sshAuth: nil
        case .tunnel, .dbConnect, .dbAuth, .schema, .query: hostKey
        }
    }
}
