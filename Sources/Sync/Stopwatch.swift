import Domain

/// Waiting time: how long since the engine began, whatever becomes of the time of day.
struct Stopwatch: Sendable {
    private let elapsed: @Sendable () -> Duration
    private let sleepUntil: @Sendable (Duration) async throws -> Void

    init<C: Clock>(_ clock: C) where C.Duration == Duration {
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        sleepUntil = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
    }

    /// Since the start.
    var now: Duration { elapsed() }

    /// Returns at that moment, or when the task is cancelled.
    func sleep(until moment: Duration) async {
        do {
            try await sleepUntil(moment)
        } catch {
            // A clock throws only to say that the task was cancelled, which the caller asks the task itself.
        }
    }
}

extension Stopwatch {
    /// Returns when the signal is raised, at that moment (`nil`: never), or when the task is cancelled.
    func wait(for signal: Signal, until moment: Duration?) async {
        guard let moment else { return await signal.wait() }
        _ = await Sync.run({ await signal.wait() }, until: { await sleep(until: moment) })
    }

    /// Runs one call of the gateway, which ends by its limit; a second later it is cancelled, and the answer is `nil`.
    func bounded<T: Sendable>(
        _ limit: Duration, _ call: @escaping @Sendable () async throws(VisitError) -> T
    ) async -> Result<T, VisitError>? {
        let belt = now + limit + .seconds(1)
        return await Sync.run(
            { () async -> Result<T, VisitError> in
                do throws(VisitError) { return .success(try await call()) } catch { return .failure(error) }
            }, until: { await sleep(until: belt) })
    }
}

/// Runs `body`; when `end` returns first, or the task is cancelled, `body`'s task is cancelled.
///
/// Returns what `body` returned, `nil` if `end` was first. Both are waited for in any case.
func run<T: Sendable>(
    _ body: @escaping @Sendable () async -> T, until end: @escaping @Sendable () async -> Void
) async -> T? {
    await withTaskGroup(of: T?.self) { race in
        race.addTask { await body() }
        race.addTask {
            await end()
            return nil
        }
        let first = await race.next() ?? nil
        race.cancelAll()
        return first
    }
}
