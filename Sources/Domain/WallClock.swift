package import Foundation

/// The time of day. Waiting uses Swift's own clocks; only what is stored or shown asks this one.
package protocol WallClock: Sendable {
    /// The present moment.
    var now: Date { get }
}
