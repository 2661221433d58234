import Synchronization

/// A wake-up that is never lost: `wait` returns at once if it was raised since the last `wait`.
final class Signal: Sendable {
    private enum State {
        case idle
        case raised
        case awaited(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.idle)

    /// Wakes the waiter, or the next one.
    func raise() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard case .awaited(let waiter) = state else {
                state = .raised
                return nil
            }
            state = .idle
            return waiter
        }
        waiter?.resume()
    }

    /// Returns when raised or when the task is cancelled. One waiter at a time.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOver = state.withLock { state -> Bool in
                    if case .raised = state {
                        state = .idle
                        return true
                    }
                    state = .awaited(waiter)
                    return false
                }
                if isOver { waiter.resume() }
            }
        } onCancel: {
            raise()
        }
    }
}
