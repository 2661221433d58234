import Domain
import Synchronization

/// Writes down which stages a connection went through and how long each took.
final class StageLog: Sendable {
    fileprivate struct State {
        var done: [StageTiming] = []
        var current: (stage: ConnectionStage, since: ContinuousClock.Instant)?
    }

    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Ends the stage before. A stage begun twice goes on.
    func begin(_ stage: ConnectionStage) {
        state.withLock { state in
            guard state.current?.stage != stage else { return }
            state.endCurrent()
            state.current = (stage, .now)
        }
    }

    /// All stages so far, the last one included.
    func finish() -> [StageTiming] {
        state.withLock { state in
            state.endCurrent()
            return state.done
        }
    }

    var elapsed: Duration { start.duration(to: .now) }
}

extension StageLog.State {
    fileprivate mutating func endCurrent() {
        guard let current else { return }
        let time = current.since.duration(to: .now).milliseconds
        if let index = done.firstIndex(where: { $0.stage == current.stage }) {
            done[index] = StageTiming(stage: current.stage, milliseconds: done[index].milliseconds + time)
        } else {
            done.append(StageTiming(stage: current.stage, milliseconds: time))
        }
        self.current = nil
    }
}

extension Duration {
    var milliseconds: Int {
        Int(components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
