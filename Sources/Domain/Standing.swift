package import Foundation

extension SyncState {
    /// From this many failures in a row a partner stands at `ERROR`.
    package static let failuresUntilError = 3

    /// How the partner stands now: the latest snapshot's judgement, or `ERROR` with the failure as its message.
    ///
    /// `nil` as long as there is neither a snapshot nor an error.
    package func standing(after latest: Judgement?) -> Judgement? {
        guard consecutiveFailures >= Self.failuresUntilError else { return latest }
        return Judgement(level: .error, message: lastErrorMessage ?? "The partner cannot be read")
    }
}

extension Settings {
    /// From when a snapshot taken at `time` is stale: three intervals later it is still fresh.
    package func staleMoment(ofSnapshotAt time: Date) -> Date {
        time + TimeInterval(3 * refreshInterval)
    }
}

extension Snapshot {
    /// Whether the snapshot is older than three intervals.
    package func isStale(at now: Date, settings: Settings) -> Bool {
        now > settings.staleMoment(ofSnapshotAt: time)
    }
}
