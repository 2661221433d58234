import Domain
import Synchronization

/// The connections that are kept between calls, one a partner and never shared by two calls.
///
/// A connection is taken out while it is used and comes back only if all went well.
final class WarmConnections: Sendable {
    fileprivate struct Entry {
        let revision: Int64
        let connection: PartnerConnection
        /// In use: not to be given to anybody, nor judged, nor evicted.
        var isTaken: Bool
        /// Has answered before, so a failure may only mean that it died in the meantime.
        var hasServed: Bool
        var lastUse: ContinuousClock.Instant
    }

    fileprivate struct State {
        var entries: [PartnerID: Entry] = [:]
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether an idle connection of this revision is open.
    func has(_ partner: Partner) -> Bool {
        state.withLock { state in
            guard let entry = state.entries[partner.id] else { return false }
            return !entry.isTaken && entry.revision == partner.revision && entry.connection.isAlive
        }
    }

    /// Takes the idle connection of this revision, dead or alive, for one call; `hasServed` if it was used before.
    func take(_ partner: Partner) -> (connection: PartnerConnection, hasServed: Bool)? {
        state.withLock { state in
            guard let entry = state.entries[partner.id], !entry.isTaken, entry.revision == partner.revision else {
                return nil
            }
            state.entries[partner.id]?.isTaken = true
            return (entry.connection, entry.hasServed)
        }
    }

    /// Gives back a connection whose call went well. Closes it if it was dropped in the meantime.
    func giveBack(_ connection: PartnerConnection, of id: PartnerID) {
        let isKept = state.withLock { state in
            guard state.entries[id]?.connection === connection else { return false }
            state.entries[id]?.isTaken = false
            state.entries[id]?.hasServed = true
            state.entries[id]?.lastUse = .now
            return true
        }
        if !isKept { connection.close() }
    }

    /// The open tunnel of this revision's connection, whether that is in use or not.
    func tunnel(to partner: Partner) -> Tunnel? {
        state.withLock { state in
            guard let entry = state.entries[partner.id], entry.revision == partner.revision,
                let tunnel = entry.connection.tunnel, tunnel.isAlive
            else { return nil }
            return tunnel
        }
    }

    /// Keeps a new connection in place of any other of that partner; the least recently used idle one may go for it.
    func add(_ connection: PartnerConnection, of partner: Partner) {
        let closed = state.withLock { state -> [PartnerConnection] in
            guard !state.isClosed else { return [connection] }
            let old = state.entries.updateValue(
                Entry(
                    revision: partner.revision, connection: connection, isTaken: false, hasServed: false,
                    lastUse: .now),
                forKey: partner.id)
            return [old?.connection, state.entries.count > limit ? state.evict(sparing: partner.id) : nil]
                .compactMap(\.self)
        }
        for connection in closed { connection.close() }
    }

    /// Closes a partner's connection, even if it is in use: that call fails.
    func drop(_ id: PartnerID) {
        state.withLock { $0.entries.removeValue(forKey: id) }?.connection.close()
    }

    /// Keeps a connection no longer after a failure, unless another has taken its place; the caller closes it.
    func forget(_ connection: PartnerConnection, of id: PartnerID) {
        state.withLock { state in
            if state.entries[id]?.connection === connection { state.entries[id] = nil }
        }
    }

    /// Closes what nobody has used for so long. Returns when to look again; `nil` if nothing is left.
    func closeIdle(after limit: Duration) -> Duration? {
        let now = ContinuousClock.now
        let (idle, rest) = state.withLock { state in
            let idle = state.entries.filter { !$0.value.isTaken && $0.value.lastUse + limit <= now }
            for id in idle.keys { state.entries[id] = nil }
            let ends = state.entries.values.map { $0.isTaken ? limit : now.duration(to: $0.lastUse + limit) }
            return (idle.values.map(\.connection), ends.min())
        }
        for connection in idle { connection.close() }
        return rest
    }

    /// Closes all, and whatever is added later.
    func shutdown() {
        let all = state.withLock { state in
            state.isClosed = true
            defer { state.entries = [:] }
            return state.entries.values.map(\.connection)
        }
        for connection in all { connection.close() }
    }
}

extension WarmConnections.State {
    fileprivate mutating func evict(sparing id: PartnerID) -> PartnerConnection? {
        let idle = entries.filter { !$0.value.isTaken && $0.key != id }
        guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return nil }
        return entries.removeValue(forKey: oldest.key)?.connection
    }
}
