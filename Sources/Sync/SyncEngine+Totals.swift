import Domain
import Logging
import Store

extension SyncEngine {
    /// Records once a minute what the overview says, for the charts of all partners together. While nothing is fresh it
    /// records nothing, so that the charts have a gap there.
    func recordTotalsEveryMinute() async {
        var next = stopwatch.now
        while !Task.isCancelled {
            if let totals = picture.totals() {
                do {
                    try await store.record(totals)
                } catch {
                    logger.error("Totals not recorded", metadata: ["error": "\(error)"])
                }
            }
            // On the minute of the first, but not once for each minute that the machine slept.
            next = max(next + .seconds(60), stopwatch.now)
            await stopwatch.sleep(until: next)
        }
    }
}
