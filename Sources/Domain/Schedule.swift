package import Foundation

/// When a partner is next visited. Pure: chance comes in as a number in `0..<1`.
package enum Schedule {
    /// Whether a partner that is due at `moment` is to be visited `now`; `nil` is never due.
    package static func isDue(_ moment: Date?, now: Date) -> Bool {
        moment.map { $0 <= now } ?? false
    }

    /// When partner number `index` of `count` is first visited, so that all are spread over one interval.
    package static func first(index: Int, of count: Int, now: Date, settings: Settings) -> Date {
        now.addingTimeInterval(Double(settings.refreshInterval) * Double(index) / Double(max(count, 1)))
    }

    /// After a success: one interval later, counted from when the visit was due so that partners stay spread,
    /// but always in the future.
    package static func next(afterSuccessAt now: Date, wasDue: Date, settings: Settings) -> Date {
        let interval = Double(settings.refreshInterval)
        let late = now.timeIntervalSince(wasDue)
        // Whoever was asked for early, or is more than an interval late, starts a rhythm of its own.
        return (0..<interval).contains(late) ? wasDue.addingTimeInterval(interval) : now.addingTimeInterval(interval)
    }

    /// After the failure number `failures` (≥ 1) in a row; see `api-decisions.md`, Sync.
    ///
    /// The wait is scattered over the last quarter below the doubled one, so that partners that failed together do not
    /// come back together; after a refused login only upwards, because two minutes are the least that it must rest.
    package static func next(
        afterFailure kind: VisitFailureKind, failures: Int, now: Date, settings: Settings, chance: Double
    ) -> Date {
        let longest = kind.isLogin ? 3_600 : max(Double(settings.refreshInterval), 120)
        let doubled = (kind.isLogin ? 120 : 10) * pow(2, Double(min(max(failures, 1) - 1, 30)))
        let scatter = kind.isLogin ? 1 + 0.1 * chance : 1 - 0.25 * chance
        return now.addingTimeInterval(min(min(doubled, longest) * scatter, longest))
    }
}
