package import Domain
package import Foundation
package import Hummingbird
package import Logging
package import Store
package import Sync

/// What the outside of the server depends on, read from the configuration once.
package struct WebConfiguration: Sendable {
    package var host = "127.0.0.1"
    /// 0: any free port.
    package var port = 8080
    package var version = "1.0.0"
    package var isDemo = false
    /// Signs the tokens (HS256); at least 32 bytes.
    package var jwtSecret: Secret
    package var tokenLifetime: Duration = .seconds(8 * 3600)
    /// Origins that browsers may call from; `*` allows all, then never with credentials.
    package var corsOrigins: [String] = []
    /// Addresses or CIDR blocks of proxies whose `X-Forwarded-For` is believed.
    package var trustedProxies: [String] = []
    /// Requests a minute and user; `nil`: no limit.
    package var rateLimit: Int?

    package init(jwtSecret: Secret) {
        self.jwtSecret = jwtSecret
    }
}

/// Builds the HTTP server: every route in one list, see `Router`.
///
/// `onServerRunning` is called with the bound port once requests are served.
package func makeWebServer(
    _ configuration: WebConfiguration, store: AdminStore, engine: SyncEngine, hasher: PasswordHasher,
    clock: any WallClock, logger: Logger, onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) async throws -> any ApplicationProtocol {
    fatalError("Web helper")
}
