import Domain
import Synchronization

/// What is known of each partner's schema; looked at once a partner, not once a connection.
final class SchemaCache: Sendable {
    private struct Entry {
        let revision: Int64
        let schema: SchemaMap
        let end: ContinuousClock.Instant
    }

    /// Partners' databases are migrated without telling us.
    private static let lifetime = Duration.seconds(3_600)

    private let entries = Mutex<[PartnerID: Entry]>([:])

    /// `nil` if it is to be looked at anew.
    func schema(of partner: Partner) -> SchemaMap? {
        entries.withLock { entries in
            guard let entry = entries[partner.id], entry.revision == partner.revision, entry.end > .now else {
                return nil
            }
            return entry.schema
        }
    }

    func keep(_ schema: SchemaMap, of partner: Partner) {
        entries.withLock {
            $0[partner.id] = Entry(revision: partner.revision, schema: schema, end: .now + Self.lifetime)
        }
    }

    func forget(_ id: PartnerID) {
        entries.withLock { _ = $0.removeValue(forKey: id) }
    }
}
