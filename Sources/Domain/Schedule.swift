package import Foundation

/// When a partner is next visited. Pure: chance comes in as a number in `0..<1`.
package enum Schedule {
    /// After a success: one interval later, counted from when the visit was due so that partners stay spread,
    /// but always in the future.
    package static func next(afterSuccessAt now: Date, wasDue: Date, settings: Settings) -> Date {
        fatalError("Domain helper")
    }

    /// After the failure number `failures` (≥ 1) in a row; see `api-decisions.md`, Sync.
    package static func next(
        afterFailure kind: VisitFailureKind, failures: Int, now: Date, settings: Settings, chance: Double
    ) -> Date {
        fatalError("Domain helper")
    }
}
