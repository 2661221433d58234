import Testing

@testable import Sync

@Suite("Shared work", .timeLimit(.minutes(1)))
struct SharedWorkTests {
    @Test("At the end whoever waits is told that it is the end, even while other work takes its time")
    func end() async throws {
        let (work, slow) = (SharedWork<Int, Int>(), Gate())
        let (begun, beginning) = AsyncStream.makeStream(of: Int.self)
        let run = Task {
            await work.run { key in
                beginning.yield(key)
                if key == 1 { await Task.detached { await slow.pass() }.value } else { await Gate().pass() }
                return key
            }
        }
        let others = Task { await work.value(for: 1) }
        let waiting = Task { (value: await work.value(for: 2), hasEnded: work.hasEnded) }
        for await _ in begun.prefix(2) {}
        run.cancel()
        let (value, hasEnded) = await waiting.value
        slow.open()
        #expect(value == nil)
        #expect(hasEnded)
        #expect(await others.value == nil)
        await run.value
        #expect(await work.value(for: 3) == nil)
    }
}
