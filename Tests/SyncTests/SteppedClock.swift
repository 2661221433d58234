import Domain
import Foundation
import Synchronization

/// Waiting time that moves only when told to.
final class SteppedClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Duration.zero
        var sleepers: [Int: (end: Duration, wake: CheckedContinuation<Void, any Error>)] = [:]
        var lastSleeper = 0
    }

    private let state = Mutex(State())

    var now: Instant { Instant(offset: elapsed) }
    var minimumResolution: Duration { .nanoseconds(1) }
    /// How many tasks wait for a moment to come.
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }
    var elapsed: Duration { state.withLock { $0.now } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock {
            $0.lastSleeper += 1
            return $0.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wake in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if deadline.offset <= state.now { return .success(()) }
                    state.sleepers[number] = (deadline.offset, wake)
                    return nil
                }
                if let outcome { wake.resume(with: outcome) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.wake.resume(throwing: CancellationError())
        }
    }

    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now += duration
            let woken = state.sleepers.filter { $0.value.end <= state.now }
            for number in woken.keys { state.sleepers[number] = nil }
            return woken.values.sorted { $0.end < $1.end }
        }
        for sleeper in woken { sleeper.wake.resume() }
    }
}

/// The time of day that goes with a stepped clock, and can be set like any other.
final class SteppedDay: WallClock {
    private let clock: SteppedClock
    private let midnight: Mutex<Date>

    init(_ clock: SteppedClock, start: Date = Date(timeIntervalSince1970: 1_730_900_000)) {
        self.clock = clock
        midnight = Mutex(start)
    }

    var now: Date { midnight.withLock { $0 } + clock.elapsed / .seconds(1) }

    func jump(by seconds: TimeInterval) {
        midnight.withLock { $0 += seconds }
    }
}
