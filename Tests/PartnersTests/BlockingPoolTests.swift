import Foundation
import Synchronization
import Testing

@testable import Partners

@Suite("Blocking pool")
struct BlockingPoolTests {
    /// A call that blocks until it is interrupted.
    private final class Stuck: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        private let interrupted = Atomic(false)
        var wasInterrupted: Bool { interrupted.load(ordering: .sequentiallyConsistent) }

        func block() { semaphore.wait() }

        func interrupt() {
            interrupted.store(true, ordering: .sequentiallyConsistent)
            semaphore.signal()
        }
    }

    @Test("A call's value comes back")
    func value() async throws {
        let value = try await BlockingPool().run(until: Deadline(within: .seconds(5)), interrupt: {}) { 42 }
        #expect(value == 42)
    }

    @Test("A call that misses its deadline is left and interrupted")
    func deadline() async throws {
        let stuck = Stuck()
        let start = ContinuousClock.now
        await #expect(throws: BlockingPool.Abandonment.deadline) {
            try await BlockingPool().run(
                until: Deadline(within: .milliseconds(50)), interrupt: { stuck.interrupt() }
            ) { stuck.block() }
        }
        #expect(stuck.wasInterrupted)
        #expect(start.duration(to: .now) < .promptly)
    }

    @Test("A cancelled call is left at once")
    func cancellation() async throws {
        let stuck = Stuck()
        let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await BlockingPool().run(until: Deadline(within: .seconds(60)), interrupt: { stuck.interrupt() }) {
                hasBegun.yield()
                stuck.block()
            }
        }
        for await _ in begun { break }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: BlockingPool.Abandonment.cancelled) { try await task.value }
        #expect(start.duration(to: .now) < .promptly)
    }

    @Test("A hundred blocked calls starve nobody")
    func starvation() async throws {
        let pool = BlockingPool()
        let stuck = (0..<100).map { _ in Stuck() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for call in stuck {
                group.addTask {
                    try await pool.run(until: Deadline(within: .seconds(30)), interrupt: { call.interrupt() }) {
                        call.block()
                    }
                }
            }
            let value = try await pool.run(until: Deadline(within: .seconds(5)), interrupt: {}) { "through" }
            #expect(value == "through")
            for call in stuck { call.interrupt() }
            try await group.waitForAll()
        }
    }

    @Test("Beyond its threads calls wait, and one abandoned while it waits never begins")
    func bound() async throws {
        let pool = BlockingPool(threadLimit: 1)
        let stuck = Stuck()
        let ran = Atomic(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                try await pool.run(until: Deadline(within: .seconds(30)), interrupt: {}) {
                    hasBegun.yield()
                    stuck.block()
                }
            }
            for await _ in begun { break }
            await #expect(throws: BlockingPool.Abandonment.deadline) {
                try await pool.run(until: Deadline(within: .milliseconds(50)), interrupt: {}) {
                    ran.store(true, ordering: .sequentiallyConsistent)
                }
            }
            stuck.interrupt()
            try await group.waitForAll()
        }
        let value = try await pool.run(until: Deadline(within: .seconds(5)), interrupt: {}) { 1 }
        #expect(value == 1)
        let hasRun = ran.load(ordering: .sequentiallyConsistent)
        #expect(!hasRun)
    }

    @Test("A pool whose threads have ended starts new ones")
    func idling() async throws {
        let pool = BlockingPool(idleTime: 0.01)
        for number in 0..<50 {
            let value = try await pool.run(until: Deadline(within: .seconds(5)), interrupt: {}) {
                usleep(2_000)
                return number
            }
            #expect(value == number)
            try await Task.sleep(for: .milliseconds(number % 3 * 10))
        }
    }
}
