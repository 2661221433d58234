import Domain
import Foundation
import Testing

@Suite("How a partner stands")
struct StandingTests {
    private let high = Judgement(level: .high, message: "Growing queue (100) with low utilization (0.0%)")

    @Test("From the third failure in a row it stands at ERROR with the failure as its message", arguments: 0...5)
    func failures(count: Int) {
        let state = SyncState(
            status: .failed, lastErrorMessage: "SSH connection failed: Connection refused", consecutiveFailures: count)
        let error = Judgement(level: .error, message: "SSH connection failed: Connection refused")
        #expect(state.standing(after: high) == (count < 3 ? high : error))
        #expect(state.standing(after: nil) == (count < 3 ? nil : error))
    }

    @Test("A snapshot is stale when it is older than three intervals, not before")
    func staleness() {
        let time = Date(timeIntervalSince1970: 1_730_900_000)
        var settings = Settings()
        settings.refreshInterval = 7
        let snapshot = Snapshot(
            partnerID: .random(), metrics: Metrics(), judgement: high, time: time, fetchMilliseconds: 3)
        #expect(!snapshot.isStale(at: time + 21, settings: settings))
        #expect(snapshot.isStale(at: time + 21.001, settings: settings))
        #expect(!snapshot.isStale(at: time - 100, settings: settings))
        #expect(settings.staleMoment(ofSnapshotAt: time) == time + 21)
    }
}
