/// The end of a wait, together with the limit that set it, so that a missed one can be named.
struct Deadline: Sendable {
    let limit: Duration
    let instant: ContinuousClock.Instant

    init(within limit: Duration) {
        self.limit = limit
        self.instant = .now + limit
    }

    /// Never negative.
    var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: instant)) }

    var isPassed: Bool { ContinuousClock.now >= instant }

    /// `Timed out after 30 s`.
    var sentence: String {
        let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
        let isWhole = seconds == seconds.rounded()
        return "Timed out after \(isWhole ? String(Int(seconds)) : String((seconds * 10).rounded() / 10)) s"
    }
}
