import Domain
import Foundation
import Synchronization

/// At most so many requests a minute and user; the minute starts with the first of them.
final class RequestQuota: Sendable {
    private struct Minute {
        let start: Date
        var requests = 0
    }

    private let limit: Int
    private let clock: any WallClock
    /// As many as there are users who ever signed in.
    private let minutes = Mutex<[String: Minute]>([:])

    init(limit: Int, clock: any WallClock) {
        self.limit = limit
        self.clock = clock
    }

    /// Counts one request. Throws 429 beyond the limit.
    func spend(by userID: String) throws {
        let now = clock.now
        let wait = minutes.withLock { minutes -> TimeInterval? in
            var minute = minutes[userID] ?? Minute(start: now)
            if !(0..<60).contains(now.timeIntervalSince(minute.start)) { minute = Minute(start: now) }
            minute.requests += 1
            minutes[userID] = minute
            return minute.requests > limit ? 60 - now.timeIntervalSince(minute.start) : nil
        }
        if let wait { throw HTTPProblem.tooMany("More than \(limit) requests in a minute", retryAfter: wait) }
    }
}
