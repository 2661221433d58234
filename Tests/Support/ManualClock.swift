import Domain
package import Foundation
import Synchronization

/// A time of day that moves only when told to.
package final class ManualClock: WallClock {
    private let moment: Mutex<Date>

    package init(_ start: Date = Date(timeIntervalSince1970: 1_730_900_000)) {
        moment = Mutex(start)
    }

    package var now: Date { moment.withLock { $0 } }

    /// Moves it forward.
    package func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        moment.withLock { $0 += Double(seconds) + Double(attoseconds) / 1e18 }
    }

    /// Sets it.
    package func set(_ date: Date) {
        moment.withLock { $0 = date }
    }
}
