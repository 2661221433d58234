package import Foundation

/// When a partner is next visited. Pure: chance comes in as a number in `0..<1`.
package enum Schedule {
    /// Seconds after the first failure.
    private static let firstRetry = 10.0
    /// Seconds that the pause between retries may reach even where the interval is shorter.
    private static let retryCeiling = 120.0
    /// Servers lock out those who insist on a refused login.
    private static let loginRetries = 120.0...3600.0
    /// A change that waits to be written is tried again within the minute.
    private static let pendingCeiling = 60.0

    /// After a success: whole intervals from when the visit was due, so that partners stay spread,
    /// but always in the future and at most one interval away.
    package static func next(afterSuccessAt now: Date, wasDue: Date, settings: Settings) -> Date {
        let interval = TimeInterval(settings.refreshInterval)
        let elapsed = now.timeIntervalSince(wasDue)
        let next = wasDue + ((elapsed / interval).rounded(.down) + 1) * interval
        // With dates far apart the sum may round down to the present.
        return next > now ? next : now + interval
    }

    /// After the failure number `failures` (≥ 1) in a row.
    ///
    /// The pause doubles with each failure. Chance takes up to a quarter off it, so that partners that failed
    /// together do not come back together; to a refused login it only adds, because two minutes are the least that
    /// it must rest. With a pending change the pause stays within the minute, unless a login was refused.
    package static func next(
        afterFailure kind: VisitFailureKind, failures: Int, now: Date, settings: Settings, chance: Double,
        hasPendingChange: Bool = false
    ) -> Date {
        // More doublings than this are beyond every ceiling.
        let doublings = pow(2, Double(min(max(failures, 1), 20) - 1))
        if kind.isLogin {
            let pause = loginRetries.lowerBound * doublings * (1 + chance / 4)
            return now + min(pause, loginRetries.upperBound)
        }
        let ceiling = hasPendingChange ? pendingCeiling : max(TimeInterval(settings.refreshInterval), retryCeiling)
        return now + min(firstRetry * doublings, ceiling) * (1 - chance / 4)
    }
}
