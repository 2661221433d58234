import Domain
import Foundation
import Logging
import Store

extension SyncEngine {
    /// Hides an open alert for so many hours, or until it gets worse. Throws `store(.alertNotFound)`, and `rejected` if
    /// it is over.
    package func dismissAlert(_ id: String, hours: Int, by username: String) async throws(SyncError) {
        let until = clock.now + TimeInterval(hours) * 3_600
        try await stored { () async throws(StoreError) in
            try await refresh(try await store.dismissAlert(id, until: until, by: username))
        }
        logger.info("Alert dismissed", metadata: ["alertId": "\(id)", "hours": "\(hours)", "user": "\(username)"])
    }
}
