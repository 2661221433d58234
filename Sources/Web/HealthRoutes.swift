import Foundation
import Hummingbird
import Sync

/// Whether this process serves requests; for supervisors and load balancers, so without a login and without secrets.
struct HealthRoutes: Sendable {
    let version: String

    func health(_ call: Call) -> Response {
        .json { json in
            json.member("status", "ok")
            json.member("version", version)
        }
    }
}
