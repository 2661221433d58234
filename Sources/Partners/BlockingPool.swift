import Foundation
import Synchronization

/// Threads for calls that block: the database clients' are never made on the cooperative pool.
///
/// Threads are started when work waits and none is idle, and end when idle; a blocked call costs its own thread only.
final class BlockingPool: Sendable {
    /// Why a caller stopped waiting.
    enum Abandonment: Error {
        case deadline
        case cancelled
    }

    private let crew: Crew

    init(threadLimit: Int = 300, idleTime: TimeInterval = 20) {
        crew = Crew(threadLimit: threadLimit, idleTime: idleTime)
    }

    /// Runs `work` on a thread of the pool and waits for it, but no longer than to the deadline or a cancellation.
    ///
    /// An abandoned call is interrupted and left to end by itself; one that has not begun never does.
    /// `interrupt` comes from any thread and must make a blocked `work` return soon.
    func run<Value: Sendable>(
        until deadline: Deadline, interrupt: @escaping @Sendable () -> Void,
        _ work: @escaping @Sendable () -> Value
    ) async throws(Abandonment) -> Value {
        let answer = Answer<Value>()
        let abandon = { @Sendable (reason: Abandonment) in
            if answer.give(.failure(reason)) { interrupt() }
        }
        crew.enqueue {
            if !answer.isGiven { answer.give(.success(work())) }
        }
        return try await withTaskCancellationHandler {
            await withDeadline(deadline, onPassing: { abandon(.deadline) }) { await answer.wait() }
        } onCancel: {
            abandon(.cancelled)
        }.get()
    }

    /// Runs `work` some time; for what nobody waits for, such as closing.
    func enqueue(_ work: @escaping @Sendable () -> Void) {
        crew.enqueue(work)
    }
}

/// Calls `onPassing` if the deadline passes before `body` has returned.
private func withDeadline<Value: Sendable>(
    _ deadline: Deadline, onPassing: @escaping @Sendable () -> Void, body: () async -> Value
) async -> Value {
    await withTaskGroup(of: Void.self) { group in
        group.addTask {
            do {
                try await Task.sleep(until: deadline.instant, clock: .continuous)
                onPassing()
            } catch {
                // Cancelled: the body has returned, or the caller's own handler takes care.
            }
        }
        let value = await body()
        group.cancelAll()
        return value
    }
}

/// What a caller waits for; the first to give an answer wins.
private final class Answer<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, BlockingPool.Abandonment>

    private enum State {
        case open
        case awaited(CheckedContinuation<Outcome, Never>)
        case given(Outcome)
    }

    private let state = Mutex(State.open)

    var isGiven: Bool {
        state.withLock { if case .given = $0 { true } else { false } }
    }

    /// False if there was an answer already.
    @discardableResult
    func give(_ outcome: Outcome) -> Bool {
        let (isFirst, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Outcome, Never>?) in
            switch state {
            case .open:
                state = .given(outcome)
                return (true, nil)
            case .awaited(let waiter):
                state = .given(outcome)
                return (true, waiter)
            case .given:
                return (false, nil)
            }
        }
        waiter?.resume(returning: outcome)
        return isFirst
    }

    /// To be called once.
    func wait() async -> Outcome {
        await withCheckedContinuation { continuation in
            let outcome = state.withLock { state -> Outcome? in
                if case .given(let outcome) = state { return outcome }
                state = .awaited(continuation)
                return nil
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }
}

/// The threads and their queue. All state is touched under `condition` only.
private final class Crew: @unchecked Sendable {
    private let threadLimit: Int
    private let idleTime: TimeInterval
    private let condition = NSCondition()
    private var queue: [@Sendable () -> Void] = []
    private var threads = 0
    private var idle = 0

    init(threadLimit: Int, idleTime: TimeInterval) {
        self.threadLimit = threadLimit
        self.idleTime = idleTime
    }

    func enqueue(_ work: @escaping @Sendable () -> Void) {
        condition.lock()
        defer { condition.unlock() }
        queue.append(work)
        if queue.count <= idle || threads >= threadLimit {
            condition.signal()
        } else {
            threads += 1
            startThread()
        }
    }

    private func startThread() {
        let thread = Thread { self.serve() }
        thread.name = "partners"
        thread.stackSize = 512 << 10
        thread.start()
    }

    private func serve() {
        while let work = next() { work() }
    }

    private func next() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        idle += 1
        defer { idle -= 1 }
        let end = Date(timeIntervalSinceNow: idleTime)
        while queue.isEmpty {
            guard condition.wait(until: end) || !queue.isEmpty else {
                threads -= 1
                return nil
            }
        }
        return queue.removeFirst()
    }
}
