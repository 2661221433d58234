import Domain
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Store
import Sync
import Synchronization
import TestSupport

@testable import Web

/// A whole console on a store of its own, with a stub where the partners would be.
struct Console: Sendable {
    static let adminPassword = "Admin@2024"
    static let viewerPassword = "Viewer@2024"
    static let jwtSecret = Secret("a-secret-of-tests-that-is-long-enough-to-sign-with-HS512-as-well-64")
    static let hasher = PasswordHasher(cost: ScryptCost(logN: 4, blockSize: 1, parallelism: 1))

    let directory: TemporaryDirectory
    let store: AdminStore
    let engine: SyncEngine
    let gateway = StubGateway()
    let clock: ManualClock
    let log = LogCollector()
    let app: any ApplicationProtocol

    /// Opens the store in `directory`, which may be that of an earlier console, and puts a server on it.
    private init(
        in directory: TemporaryDirectory, clock: ManualClock, _ configure: (inout WebConfiguration) -> Void
    ) async throws {
        self.directory = directory
        self.clock = clock
        let logger = log.logger
        store = try await AdminStore.open(
            directory: directory.url, encryptionKey: Secret("0123456789abcdef0123456789abcdef"))
        engine = try await SyncEngine(store: store, gateway: gateway, clock: clock, logger: logger)
        if try await store.users().isEmpty { try await Self.addUsers(to: store, at: clock.now) }
        var configuration = WebConfiguration(jwtSecret: Self.jwtSecret)
        configuration.port = 0
        configure(&configuration)
        app = try await makeWebServer(
            configuration, store: store, engine: engine, hasher: Self.hasher, clock: clock, logger: logger)
    }

    /// Runs `test` against a console; the engine beats meanwhile. Everything has ended when this returns.
    static func run<Value: Sendable>(
        _ setup: TestingSetup = .router, in directory: TemporaryDirectory? = nil, clock: ManualClock = ManualClock(),
        configure: (inout WebConfiguration) -> Void = { _ in },
        _ test: @Sendable (Console, Client) async throws -> Value
    ) async throws -> Value {
        let console = try await Console(in: directory ?? TemporaryDirectory(), clock: clock, configure)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await console.engine.run() }
            let result: Result<Value, any Error>
            do {
                result = .success(
                    try await console.app.test(setup) { client in
                        try await test(console, Client(http: client))
                    })
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            while let ended = await group.nextResult() {
                if case .failure(let error) = ended, !(error is CancellationError) { throw error }
            }
            await console.store.close()
            return try result.get()
        }
    }

    private static func addUsers(to store: AdminStore, at now: Date) async throws {
        for (name, role, password) in [("admin", Role.admin, adminPassword), ("viewer", .viewer, viewerPassword)] {
            let user = User(
                id: UUID().uuidString.lowercased(), username: name, email: "\(name)@example.com", role: role,
                isActive: true, generation: 1, lastLogin: nil, createdAt: now)
            try await store.create(user, passwordHash: try await hasher.hash(Secret(password)))
        }
    }
}

/// Keeps every log line with its metadata, to be searched.
final class LogCollector: Sendable {
    private let collected = Mutex<[String]>([])

    var lines: [String] { collected.withLock { $0 } }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(collector: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let collector: LogCollector
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let pairs = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            collector.collected.withLock {
                $0.append("\(event.level) \(event.message) \(pairs.joined(separator: " "))")
            }
        }
    }
}
