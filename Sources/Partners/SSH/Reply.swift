import Domain
import Synchronization

/// The one answer to a question asked of another thread. Whoever settles it first wins; later answers are told so.
final class Reply<Value: Sendable>: Sendable {
    typealias Answer = Result<Value, VisitError>

    private enum State {
        case unasked
        case awaited(CheckedContinuation<Answer, Never>)
        case settled(Answer?)
    }

    private let state = Mutex(State.unasked)

    /// Gives the answer. False: there was one already, and what this one holds is the caller's to release.
    @discardableResult
    func settle(_ answer: Answer) -> Bool {
        let (isFirst, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Answer, Never>?) in
            switch state {
            case .unasked:
                state = .settled(answer)
                return (true, nil)
            case .awaited(let waiter):
                state = .settled(nil)
                return (true, waiter)
            case .settled: return (false, nil)
            }
        }
        waiter?.resume(returning: answer)
        return isFirst
    }

    var isSettled: Bool {
        state.withLock { state in
            if case .settled = state { true } else { false }
        }
    }

    /// Waits for the answer; a cancelled task gets `cancelled` at once. To be called once.
    func value(cancelled: VisitError) async throws(VisitError) -> Value {
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in enqueue(waiter) }
        } onCancel: {
            settle(.failure(cancelled))
        }
        return try answer.get()
    }

    /// The same, but nobody waits longer than the deadline.
    func value(by deadline: Deadline, late: VisitError, cancelled: VisitError) async throws(VisitError) -> Value {
        let answer = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await Task.sleep(until: deadline.instant, clock: .continuous)
                    self.settle(.failure(late))
                } catch {
                    // The answer came first.
                }
            }
            defer { group.cancelAll() }
            do throws(VisitError) {
                return Answer.success(try await self.value(cancelled: cancelled))
            } catch {
                return Answer.failure(error)
            }
        }
        return try answer.get()
    }

    /// Waits for a success that is sure to come.
    func valueEvenIfCancelled() async {
        _ = await withCheckedContinuation { waiter in enqueue(waiter) }
    }

    private func enqueue(_ waiter: CheckedContinuation<Answer, Never>) {
        let early = state.withLock { state -> Answer? in
            switch state {
            case .settled(let answer): return answer
            case .unasked, .awaited:
                state = .awaited(waiter)
                return nil
            }
        }
        if let early { waiter.resume(returning: early) }
    }
}
