import Synchronization

/// Transactions that wait together for one commit.
///
/// The first to join an empty group asks the writer to come; whoever joins before it does is committed with it.
final class CommitGroup: Sendable {
    private let waiting = Mutex<[GroupedWrite]>([])

    /// Adds a write; `true` if the writer has to be called.
    func join(_ write: GroupedWrite) -> Bool {
        waiting.withLock { writes in
            writes.append(write)
            return writes.count == 1
        }
    }

    /// Takes all that wait, in the order in which they came.
    func take() -> [GroupedWrite] {
        waiting.withLock { writes in
            defer { writes = [] }
            return writes
        }
    }
}

/// One caller's transaction. It is answered exactly once: by what `run` returned, called after the commit, or by `fail`.
struct GroupedWrite: Sendable {
    let run: @Sendable (any SQLSession) throws(StoreError) -> @Sendable () -> Void
    let fail: @Sendable (StoreError) -> Void

    init<T: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws(StoreError) -> T,
        answer: @escaping @Sendable (Result<T, StoreError>) -> Void
    ) {
        run = { (session) throws(StoreError) in
            let value = try body(session)
            return { answer(.success(value)) }
        }
        fail = { answer(.failure($0)) }
    }
}
