package import Domain
package import Foundation
package import Logging
package import ServiceLifecycle

/// A pretend world: SQLite partner databases whose campaigns and calls move like real ones.
///
/// Knows nothing of the console: it only changes the files, as a partner's own calling platform would.
package struct DemoWorld: Service {
    /// What to add to the console, so that it shows these partners; the same at every start.
    package let partners: [PartnerPatch]

    /// Creates what is missing of `count` partner databases (≥ 12) in `directory` and brings them up to date.
    package init(directory: URL, count: Int, clock: any WallClock, logger: Logger) async throws {
        fatalError("Demo helper")
    }

    /// Moves the traffic until graceful shutdown.
    package func run() async throws {
        fatalError("Demo helper")
    }
}
