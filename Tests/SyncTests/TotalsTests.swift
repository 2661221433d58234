import Domain
import Foundation
import NIOCore
import Store
import Sync
import TestSupport
import Testing

@Suite("What the overview says is recorded for charts")
struct TotalsTests {
    private func history(_ heart: Heart) async throws -> [History<TotalMetric>.Step] {
        let window = try HistoryWindow(
            from: heart.day.now - 6 * 3_600, to: heart.day.now + 60, points: 2_000, finest: 5, now: heart.day.now)
        return try await heart.store.history(in: window).steps
    }

    private func values(_ step: History<TotalMetric>.Step) -> [TotalMetric: Double] {
        Dictionary(uniqueKeysWithValues: zip(TotalMetric.allCases, step.spreads.map(\.max)))
    }

    @Test("Once a minute, the sums over active partners; a gap while nothing is fresh")
    func records() async throws {
        try await Heart.beat { store, now in
            for name in ["a", "b"] { try await store.add(name, due: now, at: now) }
            try await store.add("asleep", isActive: false, due: nil, at: now)
        } _: { heart in
            for name in ["a", "b"] { try await heart.awaits(.named(name)) { $0.snapshot != nil } }
            let overview = try JSONDecoder().decode(
                [String: Figure].self, from: Data(heart.engine.picture.overview().body.readableBytesView))
            heart.clock.advance(by: .seconds(60))
            let first = try await eventually("the first totals") { try await history(heart).first }
            let totals = values(first)
            for metric in TotalMetric.allCases where metric != .concurrencyLimit {
                #expect(totals[metric] == overview[metric.rawValue]?.number, "\(metric)")
            }
            let limits = try ["a", "b"].map { try heart.standing(.named($0)).snapshot?.metrics.concurrencyLimit ?? 0 }
            #expect(totals[.concurrencyLimit] == Double(limits.reduce(0, +)))
            #expect(totals[.freshPartners] == 2)

            // Nobody is read any more: from three intervals on there is nothing to record.
            try await heart.engine.updateSettings { $0.autoRefreshEnabled = false }
            for _ in 0..<30 {
                heart.clock.advance(by: .seconds(60))
                try await Task.sleep(for: .milliseconds(20))
            }
            let before = try await history(heart).count
            #expect((3...9).contains(before))
            for _ in 0..<10 {
                heart.clock.advance(by: .seconds(60))
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await history(heart).count == before)
        }
    }

    @Test("Without a reading nothing is recorded")
    func nothing() async throws {
        try await Heart.beat { heart in
            for _ in 0..<5 {
                heart.clock.advance(by: .seconds(60))
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await history(heart).isEmpty)
        }
    }

    /// A number or something else.
    private struct Figure: Decodable {
        let number: Double?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            number = try? container.decode(Double.self)
        }
    }
}
