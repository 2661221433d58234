import Domain
import Foundation
import Synchronization

/// Slows down who guesses passwords, without letting anybody lock out somebody else.
///
/// Ten refusals for one user name from one address within 15 minutes close that pair, a hundred close the address,
/// until the oldest of them is 15 minutes old. Memory is bounded: beyond `capacity` the longest quiet are forgotten.
final class LoginThrottle: Sendable {
    static let window: TimeInterval = 15 * 60
    static let pairLimit = 10
    static let addressLimit = 100

    private struct Pair: Hashable {
        let username: String
        let address: String
    }

    private struct State {
        var pairs: RefusalLog<Pair>
        var addresses: RefusalLog<String>

        /// Seconds until both the pair and its address are open; 0 or less if they are.
        func wait(_ pair: Pair, now: Date) -> TimeInterval {
            max(pairs.wait(pair, now: now), addresses.wait(pair.address, now: now))
        }
    }

    private let state: Mutex<State>
    private let clock: any WallClock

    init(clock: any WallClock, capacity: Int = 10_000) {
        self.clock = clock
        state = Mutex(
            State(
                pairs: RefusalLog(limit: Self.pairLimit, capacity: capacity),
                addresses: RefusalLog(limit: Self.addressLimit, capacity: capacity)))
    }

    /// Throws 429 while the pair or the address is closed.
    ///
    /// Ask before the password is checked and again after: else many guesses at once would all be answered.
    func check(_ username: String, from address: String) throws {
        let (pair, now) = (pair(username, address), clock.now)
        try refuse(waiting: state.withLock { $0.wait(pair, now: now) })
    }

    /// Notes a refusal. Throws 429 if the pair or the address has been closed meanwhile: in one step, or of many
    /// guesses at once more than the limit would be answered.
    func noteRefusal(_ username: String, from address: String) throws {
        let (pair, now) = (pair(username, address), clock.now)
        let wait = state.withLock { state in
            let wait = state.wait(pair, now: now)
            guard wait <= 0 else { return wait }
            state.pairs.note(pair, now: now)
            state.addresses.note(address, now: now)
            return 0
        }
        try refuse(waiting: wait)
    }

    private func refuse(waiting wait: TimeInterval) throws {
        guard wait <= 0 else { throw HTTPProblem.tooMany("Too many failed logins; try again later", retryAfter: wait) }
    }

    /// Forgets the refusals of a pair that now got it right.
    func succeeded(_ username: String, from address: String) {
        state.withLock { $0.pairs.forget(pair(username, address)) }
    }

    /// How many pairs and addresses are remembered.
    var rememberedKeys: Int { state.withLock { $0.pairs.count + $0.addresses.count } }

    /// User names are compared as the store does; a very long one belongs to nobody and need not be told apart.
    private func pair(_ username: String, _ address: String) -> Pair {
        Pair(username: String(username.caseFolded.unicodeScalars.prefix(100)), address: address)
    }
}

/// The latest refusals by key, at most `limit` moments each.
private struct RefusalLog<Key: Hashable & Sendable>: Sendable {
    let limit: Int
    let capacity: Int
    private var moments: [Key: [Date]] = [:]

    init(limit: Int, capacity: Int) {
        self.limit = limit
        self.capacity = capacity
    }

    var count: Int { moments.count }

    /// Seconds until the key is open again; 0 or less if it is.
    func wait(_ key: Key, now: Date) -> TimeInterval {
        guard let noted = moments[key], noted.count == limit, let oldest = noted.first else { return 0 }
        return oldest.addingTimeInterval(LoginThrottle.window).timeIntervalSince(now)
    }

    mutating func note(_ key: Key, now: Date) {
        if moments[key] == nil, moments.count >= capacity { makeRoom(now: now) }
        moments[key, default: []].append(now)
        if let excess = moments[key].map({ $0.count - limit }), excess > 0 { moments[key]?.removeFirst(excess) }
    }

    mutating func forget(_ key: Key) {
        moments[key] = nil
    }

    /// Drops what has passed; if that is not enough, the quieter half, so that this is rare.
    private mutating func makeRoom(now: Date) {
        let passed = now.addingTimeInterval(-LoginThrottle.window)
        moments = moments.filter { ($0.value.last ?? passed) > passed }
        guard moments.count >= capacity else { return }
        let kept = moments.sorted { ($0.value.last ?? passed) > ($1.value.last ?? passed) }.prefix(capacity / 2)
        moments = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
