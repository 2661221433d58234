package import Domain
package import Foundation
package import Hummingbird
package import Logging
import NIOCore
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
    /// Proxies whose `X-Forwarded-For` is believed.
    package var trustedProxies: [IPBlock] = []
    /// Requests a minute and user; `nil`: no limit.
    package var rateLimit: Int?
    /// A folder like `Dashboard`, read anew for each request instead of what the binary carries; `nil`: the binary's own.
    package var dashboardFolder: URL?
    package var streamPace = StreamPace()

    package init(jwtSecret: Secret) {
        self.jwtSecret = jwtSecret
    }
}

/// Why the server cannot be built from a configuration.
package enum WebConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The signing secret has fewer than 32 bytes.
    case shortSecret

    package var description: String {
        switch self {
        case .shortSecret: "the token secret must have at least 32 bytes"
        }
    }
}

/// Builds the HTTP server: every route in one list, see `Routes.swift`.
///
/// Loads users and revoked tokens once, so that no later request asks the store who is there. `onServerRunning`
/// is called with the bound port once requests are served. Throws `WebConfigurationError` or `StoreError`.
package func makeWebServer(
    _ configuration: WebConfiguration, store: AdminStore, engine: SyncEngine, hasher: PasswordHasher,
    clock: any WallClock, logger: Logger, onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) async throws -> any ApplicationProtocol {
    guard configuration.jwtSecret.clearText.utf8.count >= 32 else { throw WebConfigurationError.shortSecret }
    let accounts = Accounts(
        users: try await store.users(), revokedTokens: try await store.revokedTokens(at: clock.now))
    let authenticator = await Authenticator(
        secret: configuration.jwtSecret, lifetime: configuration.tokenLifetime, accounts: accounts, clock: clock)
    let routes = allRoutes(
        auth: AuthRoutes(
            store: store, hasher: hasher, authenticator: authenticator, throttle: LoginThrottle(clock: clock),
            clock: clock, isDemo: configuration.isDemo),
        dashboard: DashboardRoutes(engine: engine),
        stream: StreamRoutes(
            picture: engine.picture, authenticator: authenticator, seats: StreamSeats(), pace: configuration.streamPace),
        partners: PartnerRoutes(engine: engine, store: store),
        history: HistoryRoutes(engine: engine, store: store, clock: clock),
        statistics: StatisticsRoutes(engine: engine),
        concurrency: ConcurrencyRoutes(engine: engine, store: store),
        alerts: AlertRoutes(engine: engine, store: store),
        users: UserRoutes(store: store, hasher: hasher, accounts: accounts, clock: clock),
        settings: SettingsRoutes(engine: engine),
        health: HealthRoutes(version: configuration.version))
    let assets = AssetRoutes(source: configuration.dashboardFolder.map { .folder($0) } ?? .embedded)
    if EmbeddedAssets.all.isEmpty {
        logger.warning("This binary carries no page and no API document: run Scripts/setup and build it again")
    }
    let responder = WebResponder(
        routes: RouteTable(routes + browserRoutes(assets)), page: assets.page, authenticator: authenticator,
        quota: configuration.rateLimit.map { RequestQuota(limit: $0, clock: clock) },
        cors: CORS(origins: configuration.corsOrigins), proxies: TrustedProxies(blocks: configuration.trustedProxies),
        logger: logger)
    return Application(
        responder: responder,
        // Idle longer than the 60 s for which common proxies keep a connection, so that it is they who close first.
        server: .http1(
            configuration: .init(
                additionalChannelHandlers: [DepartureWatch()], idleTimeout: .seconds(75),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))),
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port), serverName: "jobtalk"),
        onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? configuration.port) },
        logger: logger)
}
