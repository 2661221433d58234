import Domain
import Synchronization

/// Sessions whose statement nobody waits for any more, though the server goes on with it.
final class Orphans: Sendable {
    struct Orphan: Sendable {
        let access: PartnerAccess
        /// Its session is closed; its tunnel, if any, still leads to the server.
        let connection: PartnerConnection
        let ending: Ending
    }

    private let orphans = Mutex<[Orphan]>([])

    /// Cuts the session off and keeps the way to its server. False if there is nothing to be done there.
    func adopt(_ connection: PartnerConnection, of access: PartnerAccess) -> Bool {
        guard let ending = connection.session.ending else { return false }
        connection.session.close()
        orphans.withLock { $0.append(Orphan(access: access, connection: connection, ending: ending)) }
        return true
    }

    /// All so far, which whoever takes them has to close.
    func takeAll() -> [Orphan] {
        orphans.withLock { orphans in
            defer { orphans = [] }
            return orphans
        }
    }
}
