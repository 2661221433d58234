import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.needsMariaDB, .needsSSHServer) struct FreshnessTests {
        static let interval = 5

        @Test("With 5 of 20 partners dead silent, the other 15 are never older than the interval and 2 s")
        func silentPartnersCostNobody() async throws {
            let server = try await JobtalkServer()
            let console = try await server.signIn()
            try await console.change(["refreshInterval": JSON(Self.interval)])
            let holes = try (0..<5).map { _ in try BlackHole() }
            let scenes = try await (0..<3).asyncMap { try await Scene.make(seed: UInt64(40 + $0)) }
            for number in 0..<20 {
                let scene = scenes[number % 3]
                let body = number % 2 == 0 ? scene.tunneled("Partner \(number)") : scene.direct("Partner \(number)")
                let silent: JSON =
                    number % 2 == 0
                    ? ["sshConfig": ["port": JSON(holes[number % 5].port)]] : ["dbPort": JSON(holes[number % 5].port)]
                _ = try await console.add(number < 5 ? body.merging(silent) : body)
            }
            _ = try await eventually(within: .seconds(20), "the first snapshot of all 15") {
                try await console.read("/api/dashboard/overview")["freshPartners"].int == 15 ? true : nil
            }
            let oldest = try await oldestSnapshot(console, for: .seconds(4 * Self.interval))
            // The API gives whole seconds, rounded down: a snapshot looks up to 1 s older than it is.
            #expect(oldest <= Double(Self.interval) + 2 + 1, "a snapshot became \(oldest) s old")
            #expect(holes.allSatisfy { $0.connectionCount <= 2 })
            await server.process.stop()
        }

        /// The greatest age of any good partner's snapshot, looked at every tenth of a second.
        private func oldestSnapshot(_ console: Console, for duration: Duration) async throws -> TimeInterval {
            var oldest = 0.0
            let end = ContinuousClock.now + duration
            while ContinuousClock.now < end {
                let partners = try await console.read("/api/dashboard/partners").array
                let times = partners.compactMap { $0["snapshot"]["snapshotTime"].date }
                #expect(times.count == 15)
                oldest = times.reduce(oldest) { max($0, -$1.timeIntervalSinceNow) }
                try await Task.sleep(for: .milliseconds(100))
            }
            return oldest
        }
    }
}
