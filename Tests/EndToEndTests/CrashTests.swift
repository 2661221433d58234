import Foundation
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    struct CrashTests {
        @Test("After each of 50 kills at random moments every acknowledged change is there and the server is up again")
        func fiftyKills() async throws {
            let server = try await JobtalkServer(environment: ["JOBTALK_LOG_LEVEL": "warning"])
            let console = try await server.signIn()
            let ledger = try await Ledger(console)
            for round in 1...50 {
                let life = Duration.milliseconds(Int.random(in: 1...250))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in ledger.writers { group.addTask { try await writer(console) } }
                    try await Task.sleep(for: life)
                    #expect(await server.process.kill() == .killed(signal: SIGKILL))
                    try await group.waitForAll()
                }
                try await server.resume()
                try await ledger.check(console, server, "kill \(round) after \(life)")
            }
            #expect(ledger.acknowledged > 50, "too few changes were acknowledged: \(ledger.acknowledged)")
            await server.process.stop()
        }
    }
}

/// What was asked of the server and what it acknowledged.
private final class Ledger: Sendable {
    /// A value that is overwritten again and again: after a crash it is the acknowledged one, or the one in flight.
    struct Register: Sendable {
        var acknowledged: Int
        var attempted: Int
    }

    struct State: Sendable {
        var created: Set<String> = []
        var deleted: Set<String> = []
        var limit = Register(acknowledged: 10, attempted: 10)
        var settings = Register(acknowledged: 80, attempted: 80)
        var password = Register(acknowledged: 0, attempted: 0)
        var acknowledged = 0
        var names = 0
    }

    private let state = Mutex(State())
    private let subject: String

    var acknowledged: Int { state.withLock { $0.acknowledged } }

    init(_ console: Console) async throws {
        subject = try await console.add(Self.partner("Subject"))
        try await console.change(["alertThreshold": 80, "dataRetentionDays": 80])
    }

    /// Each writes until the server is gone.
    var writers: [@Sendable (Console) async throws -> Void] {
        [createAndDelete, changeLimit, changeSettings, changePassword]
    }

    private func createAndDelete(_ console: Console) async throws {
        while true {
            let name = state.withLock { state in
                state.names += 1
                return "Partner \(state.names)"
            }
            guard let made = await attempt(console, "POST", "/api/partners", Self.partner(name)) else { return }
            guard let id = made["id"].string else { throw Unexpected("no id in \(made)") }
            note { $0.created.insert(id) }
            guard Int.random(in: 0..<3) == 0 else { continue }
            state.withLock { _ = $0.created.remove(id) }
            guard await attempt(console, "DELETE", "/api/partners/\(id)") != nil else { return }
            note { $0.deleted.insert(id) }
        }
    }

    private func changeLimit(_ console: Console) async throws {
        while true {
            let value = state.withLock { $0.limit.next(after: 1_000) }
            let body: JSON = ["concurrencyLimit": JSON(value)]
            guard await attempt(console, "PUT", "/api/partners/\(subject)", body) != nil else { return }
            note { $0.limit.acknowledged = value }
        }
    }

    private func changeSettings(_ console: Console) async throws {
        while true {
            let value = state.withLock { $0.settings.next(after: 100) }
            let body: JSON = ["alertThreshold": JSON(value), "dataRetentionDays": JSON(value)]
            guard await attempt(console, "PUT", "/api/settings", body) != nil else { return }
            note { $0.settings.acknowledged = value }
        }
    }

    private func changePassword(_ console: Console) async throws {
        while true {
            let (old, new) = state.withLock { ($0.password.acknowledged, $0.password.next(after: .max)) }
            let body: JSON = [
                "currentPassword": .string(Self.password(old)), "newPassword": .string(Self.password(new)),
            ]
            guard await attempt(console, "POST", "/api/auth/change-password", body) != nil else { return }
            note { $0.password.acknowledged = new }
        }
    }

    /// The body of a 200; `nil` when the server died first. Any other answer is a fault.
    private func attempt(_ console: Console, _ method: String, _ path: String, _ body: JSON? = nil) async -> JSON? {
        do {
            let answer = try await console.send(method, path, body)
            #expect(answer.status == 200, "\(method) \(path): \(answer)")
            return answer.status == 200 ? answer.body : nil
        } catch {
            return nil
        }
    }

    private func note(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            state.acknowledged += 1
        }
    }

    func check(_ console: Console, _ server: JobtalkServer, _ when: String) async throws {
        let known = state.withLock { $0 }
        let there = Set(try await console.read("/api/partners").array.compactMap { $0["id"].string })
        #expect(known.created.isSubset(of: there), "\(when): a partner is lost")
        #expect(known.deleted.isDisjoint(with: there), "\(when): a deleted partner is back")
        let limit = try await console.read("/api/partners/\(subject)")["concurrencyLimit"].int
        #expect(known.limit.allows(limit), "\(when): limit \(limit ?? -1), \(known.limit)")
        let settings = try await console.read("/api/settings")
        #expect(known.settings.allows(settings["alertThreshold"].int), "\(when): \(settings), \(known.settings)")
        #expect(settings["alertThreshold"] == settings["dataRetentionDays"], "\(when): half applied")
        let password = try await passwordInForce(server, known.password, when)
        state.withLock { state in
            state.limit.acknowledged = limit ?? 0
            state.settings.acknowledged = settings["alertThreshold"].int ?? 0
            state.password.acknowledged = password
        }
    }

    private func passwordInForce(_ server: JobtalkServer, _ known: Register, _ when: String) async throws -> Int {
        for candidate in [known.acknowledged, known.attempted] {
            let console = Console(url: server.url, transcript: server.transcript)
            let body: JSON = ["username": "admin", "password": .string(Self.password(candidate))]
            if try await console.post("/api/auth/login", body).status == 200 { return candidate }
        }
        throw Unexpected("\(when): neither the acknowledged password nor the one in flight opens")
    }

    private static func password(_ number: Int) -> String {
        number == 0 ? JobtalkServer.adminPassword : "long enough \(number)"
    }

    /// Inactive, so that nothing but the test changes it.
    private static func partner(_ name: String) -> JSON {
        [
            "partnerName": .string(name), "dbHost": "127.0.0.1", "dbPort": 1, "dbName": "a", "dbUsername": "b",
            "dbPassword": "c", "isActive": false,
        ]
    }
}

extension Ledger.Register {
    /// The next value to try; after `last` it starts again at 1.
    mutating func next(after last: Int) -> Int {
        attempted = attempted >= last ? 1 : attempted + 1
        return attempted
    }

    func allows(_ value: Int?) -> Bool { value == acknowledged || value == attempted }
}
