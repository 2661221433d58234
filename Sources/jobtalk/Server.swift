import Demo
import Domain
import Foundation
import Hummingbird
import Logging
import NIOCore
import Partners
import ServiceLifecycle
import Store
import Sync
import UnixSignals
import Web

/// Puts the parts together, runs them until a signal, and takes them apart in reverse.
struct Server {
    private let configuration: Configuration
    private let clock = SystemClock()
    private let output = LogOutput(descriptor: FileHandle.standardError.fileDescriptor)

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// Returns after SIGTERM or SIGINT, at most 5 s later. Throws `StartError` if it never came to serving.
    func run() async throws {
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        raiseFileLimit()
        let log = logger("jobtalk")
        for warning in configuration.warnings { log.warning("\(warning)") }
        let directory = try DataDirectory(at: configuration.dataDirectory, isDemo: configuration.isDemo)
        defer { directory.release() }
        let store = try await AdminStore.open(in: directory.url, key: configuration.encryptionKey)
        do {
            try await prepareAndServe(store, directory.url)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
        log.info("Stopped")
    }

    /// A warm tunnel takes five descriptors, and many systems give a process only 1 024 unless it asks for more.
    private func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            logger("jobtalk").warning("The limit of open files could not be raised")
        }
    }

    /// Sees to an administrator and to the way to the partners, then serves.
    private func prepareAndServe(_ store: AdminStore, _ directory: URL) async throws {
        let hasher = PasswordHasher()
        let admin = FirstAdmin(store: store, hasher: hasher)
        if let password = try await admin.create(configuration, isTerminal: isatty(STDOUT_FILENO) == 1, now: clock.now)
        {
            StartText.firstPassword(password).show()
        }
        let partners = directory.appending(path: "partners")
        try FileManager.default.createDirectory(at: partners, withIntermediateDirectories: true)
        let gateway = try LiveGateway(partnersDirectory: partners, logger: logger("partners"))
        do {
            try await serve(store, hasher, gateway, directory)
        } catch {
            await gateway.shutdown()
            throw error
        }
        await gateway.shutdown()
    }

    private func serve(
        _ store: AdminStore, _ hasher: PasswordHasher, _ gateway: LiveGateway, _ directory: URL
    ) async throws {
        let engine = try await SyncEngine(
            store: store, gateway: gateway, clock: clock, logger: logger("sync", level: configuration.syncLogLevel))
        var services: [any Service] = []
        if let count = configuration.demoPartners {
            let world = try await DemoWorld(
                directory: directory.appending(path: "partners"), count: count, clock: clock, logger: logger("demo"))
            try await settle(world, in: engine, store, SeedList(in: directory))
            services.append(world)
        }
        services.append(engine)
        services.append(try await webServer(store, engine, hasher, directory))
        try await run(services)
    }

    /// Makes the demo's partners known to the console, each once in its life, and a new demo lively, with a past.
    private func settle(_ world: DemoWorld, in engine: SyncEngine, _ store: AdminStore, _ seeds: SeedList) async throws
    {
        let known = Set(engine.picture.standings().map(\.partner.configuration.name)).union(try seeds.names())
        if known.isEmpty {
            let interval = max(10, world.partners.count / 20)
            try await engine.updateSettings { $0.refreshInterval = interval }
        }
        let fresh = world.partners.filter { !known.contains($0.name ?? "") }
        var ids: [String: PartnerID] = [:]
        for partner in fresh { ids[partner.name ?? ""] = try await engine.create(partner, by: "demo") }
        if known.isEmpty { try await DemoPast(of: world, ids: ids, settings: engine.settings).keep(in: store) }
        if !fresh.isEmpty { try seeds.keep(known.union(fresh.compactMap(\.name))) }
    }

    private func webServer(
        _ store: AdminStore, _ engine: SyncEngine, _ hasher: PasswordHasher, _ directory: URL
    ) async throws -> any ApplicationProtocol {
        let secret = try KeptKey.key("jwt.key", in: directory, unless: configuration.jwtSecret)
        var web = WebConfiguration(jwtSecret: secret)
        web.host = configuration.host
        web.port = configuration.port
        web.version = Jobtalk.version
        web.isDemo = configuration.isDemo
        web.tokenLifetime = configuration.tokenLifetime
        web.corsOrigins = configuration.corsOrigins
        web.trustedProxies = configuration.trustedProxies
        web.rateLimit = configuration.rateLimit
        web.dashboardFolder = configuration.dashboardFolder
        let configuration = configuration
        return try await makeWebServer(
            web, store: store, engine: engine, hasher: hasher, clock: clock, logger: logger("web")
        ) { port in
            StartText.serving(configuration, port: port, directory: directory).show()
        }
    }

    /// The web server stops first and the partners' world last. Whoever is not done after 3 s is cancelled,
    /// which leaves visits in flight time to close their connections within the 5 s that are promised.
    private func run(_ services: [any Service]) async throws {
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger("services", level: .critical, format: configuration.logFormat, output: output))
        group.maximumGracefulShutdownDuration = .seconds(3)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError {
            throw StartError.environment(cannotListen(error))
        } catch is CancellationError {
            logger("jobtalk").warning("Some requests were cut short by the stop")
        }
    }

    private func cannotListen(_ error: IOError) -> String {
        let place = "cannot listen on \(configuration.host) port \(configuration.port)"
        return switch error.errnoCode {
        case EADDRINUSE: "\(place): the port is in use; stop what uses it, or choose another with --port"
        case EADDRNOTAVAIL: "\(place): this machine does not have that address; choose another with --host"
        case EACCES: "\(place): not allowed; ports below 1024 are for root, choose another with --port"
        default: "\(place): \(error)"
        }
    }

    private func logger(_ label: String, level: Logger.Level? = nil) -> Logger {
        Logger(label, level: level ?? configuration.logLevel, format: configuration.logFormat, output: output)
    }
}

/// The time of day as this machine has it.
struct SystemClock: WallClock {
    var now: Date { Date() }
}
