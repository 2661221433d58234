import Synchronization

/// Lets those who ask for the same at the same time share one execution; afterwards nothing is kept.
///
/// Who asks waits in a task of their own; the work is done in tasks of `run`. When the last who waits for an
/// execution gives up, it is cancelled.
final class SharedWork<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Execution {
        let number: Int
        let key: Key
        /// Raised when nobody waits any more.
        let abandoned = Signal()
        var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
    }

    private struct State {
        /// Those that can still be joined.
        var executions: [Key: Execution] = [:]
        var lastNumber = 0
        var hasEnded = false

        mutating func nextNumber() -> Int {
            lastNumber += 1
            return lastNumber
        }
    }

    private let state = Mutex(State())
    private let begun: AsyncStream<Execution>
    private let beginning: AsyncStream<Execution>.Continuation

    init() {
        (begun, beginning) = AsyncStream.makeStream(of: Execution.self)
    }

    /// What the execution under way, or one that begins now, comes to.
    ///
    /// `nil`, and at once, when the task is cancelled; also when `run` has ended.
    func value(for key: Key) async -> Value? {
        let waiter = state.withLock { $0.nextNumber() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !join(key, as: waiter, continuation) { continuation.resume(returning: nil) }
            }
        } onCancel: {
            leave(key, as: waiter)
        }
    }

    /// Whether `run` has ended, so that there will be no more values.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Does the work that is asked for until the task is cancelled; to be called once.
    func run(_ work: @escaping @Sendable (Key) async -> Value) async {
        await withDiscardingTaskGroup { tasks in
            for await execution in begun {
                tasks.addTask { await self.carryOut(execution, work) }
            }
            end()
        }
    }
}

extension SharedWork {
    private func carryOut(_ execution: Execution, _ work: @escaping @Sendable (Key) async -> Value) async {
        let value = await Sync.run({ await work(execution.key) }, until: { await execution.abandoned.wait() })
        // Whoever waits is told by the end of `run`.
        if Task.isCancelled { return }
        let waiters = state.withLock { state -> [CheckedContinuation<Value?, Never>] in
            guard state.executions[execution.key]?.number == execution.number else { return [] }
            return state.executions.removeValue(forKey: execution.key).map { Array($0.waiters.values) } ?? []
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    private func end() {
        let left = state.withLock { state in
            state.hasEnded = true
            defer { state.executions = [:] }
            return state.executions.values.flatMap { Array($0.waiters.values) }
        }
        for waiter in left { waiter.resume(returning: nil) }
    }

    /// False if there is nothing to wait for.
    private func join(_ key: Key, as waiter: Int, _ continuation: CheckedContinuation<Value?, Never>) -> Bool {
        state.withLock { state in
            if state.hasEnded || Task.isCancelled { return false }
            if state.executions[key] == nil {
                let execution = Execution(number: state.nextNumber(), key: key)
                state.executions[key] = execution
                beginning.yield(execution)
            }
            state.executions[key]?.waiters[waiter] = continuation
            return true
        }
    }

    private func leave(_ key: Key, as waiter: Int) {
        let (continuation, abandoned) = state.withLock { state in
            let continuation = state.executions[key]?.waiters.removeValue(forKey: waiter)
            let isLast = continuation != nil && state.executions[key]?.waiters.isEmpty == true
            // Whoever asks from here on begins anew.
            return (continuation, isLast ? state.executions.removeValue(forKey: key)?.abandoned : nil)
        }
        abandoned?.raise()
        continuation?.resume(returning: nil)
    }
}
