package import Domain
package import Foundation
package import NIOCore

/// One JSON answer, encoded once, with the tag of its version.
package struct EncodedJSON: Sendable {
    package let body: ByteBuffer
    /// A strong entity tag, quotes included; never the same for two different bodies, restarts included.
    package let etag: String
}

/// One partner as it stands now.
package struct PartnerStanding: Sendable {
    package var partner: Partner
    /// With `inProgress` while a visit runs.
    package var sync: SyncState
    package var pending: [PendingChange]
    package var snapshot: Snapshot?
    /// Of now: the snapshot's, or `ERROR` from the third failure in a row; `nil` before the first snapshot or error.
    package var judgement: Judgement?
    /// Older than three intervals.
    package var isStale: Bool
}

/// All partners and their latest snapshots in memory, with the dashboard's two answers already encoded.
package final class LivePicture: Sendable {
    init() {
        fatalError("Sync helper")
    }

    /// The answer of `GET /api/dashboard/overview`.
    package func overview() -> EncodedJSON {
        fatalError("Sync helper")
    }

    /// The answer of `GET /api/dashboard/partners`.
    package func partners() -> EncodedJSON {
        fatalError("Sync helper")
    }

    /// All partners by name, the inactive included.
    package func standings() -> [PartnerStanding] {
        fatalError("Sync helper")
    }

    /// One partner; `nil` if there is none.
    package func standing(of id: PartnerID) -> PartnerStanding? {
        fatalError("Sync helper")
    }
}
