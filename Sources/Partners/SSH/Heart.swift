/// Tells a silent server from a dead one: after a time of silence it is asked for an answer, and given as long again.
///
/// Without this a half-open connection looks alive for as long as nothing is asked of it.
struct Heart {
    enum State {
        case beating
        case stopped
    }

    private let patience: Duration
    private var lastHeard: ContinuousClock.Instant
    private var received: UInt64 = 0
    private var asked: ContinuousClock.Instant?

    init(patience: Duration, now: ContinuousClock.Instant) {
        self.patience = patience
        lastHeard = now
    }

    /// When to feel again.
    var nextBeat: ContinuousClock.Instant { max(lastHeard, asked ?? lastHeard) + patience }

    /// Asks, if it is time to.
    mutating func feel(_ session: SSHSession, _ now: ContinuousClock.Instant) -> State {
        if session.received != received { (received, lastHeard) = (session.received, now) }
        let isOverdue = now >= nextBeat
        if asked != nil {
            if session.hearHeartbeat() { asked = nil } else if isOverdue { return .stopped }
        } else if isOverdue {
            asked = session.hearHeartbeat() ? nil : now
        }
        return .beating
    }
}
