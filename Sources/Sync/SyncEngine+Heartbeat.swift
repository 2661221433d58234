import Domain
import Foundation
import Logging
import Partners
import ServiceLifecycle
import Store
import Synchronization

extension SyncEngine: Service {
    /// Visits who is due until graceful shutdown, then ends within 2 s, visits in flight included, and closes all
    /// connections to partners.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await self.removeExpiredHourly() }
                tasks.addTask { await self.recordTotalsEveryMinute() }
                tasks.addTask { await self.readStatistics() }
                tasks.addTask { await self.tidyUpStatistics() }
                while !Task.isCancelled {
                    let (starts, next) = self.decide()
                    for start in starts { tasks.addTask { await self.visit(start) } }
                    await self.stopwatch.wait(for: self.wake, until: next)
                }
            }
        }
        await gateway.shutdown()
    }

    private func decide() -> (starts: [VisitQueue.Start], next: Duration?) {
        let now = stopwatch.now
        let (signals, decision) = state.withLock { state in
            // Tests have the first choice.
            let signals = state.admitJobs()
            let decision = state.queue.decide(at: now) { id in picture.partner(id).map(gateway.isWarm) ?? false }
            for start in decision.starts { state.interruptions[start.id] = Signal() }
            // Statistics have the last.
            let statistics = state.admitStatistics(at: now) { id in
                picture.partner(id).map(gateway.needsHandshakeForStatistics) ?? false
            }
            return (signals + statistics, decision)
        }
        for signal in signals { signal.raise() }
        return decision
    }

    private func visit(_ start: VisitQueue.Start) async {
        let visit = makeVisit(start)
        let interruption = state.withLock { $0.interruptions[start.id] } ?? Signal()
        picture.change { $0.setVisited(start.id, true) }
        let end = await Sync.run({ await visit.run() }, until: { await interruption.wait() }) ?? .interrupted
        await conclude(start.id, end)
        pump()
    }

    private func makeVisit(_ start: VisitQueue.Start) -> Visit {
        let (settings, forgiven) = state.withLock { ($0.settings, $0.forgivenFailures(of: start.id)) }
        return Visit(
            start: start, settings: settings, forgivenFailures: forgiven, store: store, gateway: gateway, clock: clock,
            stopwatch: stopwatch, logger: logger, reach: { self.note($0, of: start.id) },
            settle: { fates, moment throws(StoreError) in
                try await self.settle(fates, of: start.id, triedSince: moment)
            })
    }

    private func note(_ milestone: Visit.Milestone, of id: PartnerID) {
        let now = stopwatch.now
        switch milestone {
        case .connected: state.withLock { $0.queue.connected(id) }
        case .notConnected(let error): state.withLock { $0.queue.notConnected(id, error, at: now) }
        case .reading: state.withLock { $0.queue.beganRead(id) }
        case .read(let snapshot): picture.change { $0.set(snapshot) }
        }
        pump()
    }

    private func conclude(_ id: PartnerID, _ end: Visit.End) async {
        var outcome = VisitQueue.End(end)
        do throws(StoreError) {
            if case .unrecorded(let error) = end { throw error }
            try await refresh(id)
        } catch  where !Task.isCancelled {
            logger.error("Visit not recorded", metadata: ["partnerId": "\(id)", "error": "\(error)"])
            outcome = .unrecorded(until: stopwatch.now + .seconds(10))
        } catch {
            // The server stops: the next start reads what is stored.
        }
        // Before the queue may start the next one.
        picture.change { $0.setVisited(id, false) }
        state.withLock { state in
            state.interruptions[id] = nil
            state.queue.ended(id, outcome)
        }
        if picture.partner(id) == nil { await gateway.drop(id) }
    }

    /// Clears what is older than `dataRetentionDays`, at start and every hour.
    private func removeExpiredHourly() async {
        while !Task.isCancelled {
            do {
                let now = clock.now
                let age = TimeInterval(settings.dataRetentionDays) * 86_400
                let count = try await store.removeExpired(before: now - age, now: now)
                if count > 0 { logger.info("Removed expired data", metadata: ["rows": "\(count)"]) }
            } catch  where !Task.isCancelled {
                logger.error("Expired data not removed", metadata: ["error": "\(error)"])
            } catch {
                return
            }
            await stopwatch.sleep(until: stopwatch.now + .seconds(3_600))
        }
    }
}

extension VisitQueue.End {
    fileprivate init(_ end: Visit.End) {
        self =
            switch end {
            case .recorded: .recorded
            case .again(let retry): .again(retry)
            case .interrupted, .unrecorded: .interrupted
            }
    }
}
