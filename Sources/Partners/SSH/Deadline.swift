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

extension Duration {
    /// Whole milliseconds for the system's calls, rounded up, so that no wait ends just before its instant.
    var roundedUpMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(clamping: max(0, seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
