import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite("History for charts")
struct HistoryTests {
    let test: TestStore
    var store: AdminStore { test.store }

    init() async throws {
        test = try await TestStore()
    }

    private func window(_ from: Int, _ to: Int, points: Int = 2_000, finest: Int = 5) throws -> HistoryWindow {
        try HistoryWindow(from: moment(from), to: moment(to), points: points, finest: finest, now: moment())
    }

    /// Readings at odd times with odd numbers, and hours without any.
    private func readings(of id: PartnerID, seed: UInt64) -> [Snapshot] {
        var chance = SplitMix(state: seed)
        var seconds = 0
        return (0..<400).map { number in
            seconds += number % 97 == 96 ? 7_201 : Int.random(in: 1...240, using: &chance)
            let metrics = Metrics(
                campaignsToday: .random(in: 0...50, using: &chance),
                runningCampaigns: .random(in: 0...9, using: &chance),
                activeCalls: .random(in: 0...40, using: &chance), queuedCalls: .random(in: 0...900, using: &chance),
                completedCallsToday: number, voicemailCount: number / 3, customerEndedCount: number / 2,
                remainingCalls: 5_000_000_000 - number, concurrencyLimit: .random(in: 1...37, using: &chance))
            return Snapshot(
                partnerID: id, metrics: metrics, judgement: Judgement(level: .normal, message: nil),
                time: moment(seconds), fetchMilliseconds: 7)
        }
    }

    /// The same by a plain walk over all readings.
    private func expected(_ readings: [Snapshot], in window: HistoryWindow) -> [Int: [PartnerMetric: [Double]]] {
        var steps: [Int: [PartnerMetric: [Double]]] = [:]
        for reading in readings where reading.time >= window.from && reading.time < window.to {
            let step = Int(reading.time.timeIntervalSince1970) / window.stepSeconds * window.stepSeconds
            for metric in PartnerMetric.allCases {
                steps[step, default: [:]][metric, default: []].append(value(of: metric, in: reading.metrics))
            }
        }
        return steps
    }

    private func value(of metric: PartnerMetric, in metrics: Metrics) -> Double {
        switch metric {
        case .campaignsToday: Double(metrics.campaignsToday)
        case .runningCampaigns: Double(metrics.runningCampaigns)
        case .activeCalls: Double(metrics.activeCalls)
        case .queuedCalls: Double(metrics.queuedCalls)
        case .completedCallsToday: Double(metrics.completedCallsToday)
        case .voicemailCount: Double(metrics.voicemailCount)
        case .customerEndedCount: Double(metrics.customerEndedCount)
        case .remainingCalls: Double(metrics.remainingCalls)
        case .utilizationPercent: metrics.utilizationPercent
        case .concurrencyLimit: Double(metrics.concurrencyLimit)
        }
    }

    @Test("Each step has the least, the mean and the most of what was read in it", arguments: 1..<6 as Range<UInt64>)
    func spreads(_ seed: UInt64) async throws {
        let id = try await store.add(draft("One")).partner.id
        let other = try await store.add(draft("Other")).partner.id
        let readings = readings(of: id, seed: seed)
        for reading in readings {
            _ = try await store.record(success(id, at: reading.time, snapshot: reading))
            _ = try await store.record(success(other, at: reading.time))
        }
        for window in [
            try window(0, 86_400), try window(1_001, 40_123, points: 60), try window(-500, 3_600, points: 7),
            try window(0, 5 * 86_400, points: 3),
        ] {
            let history = try await store.history(of: id, in: window)
            let expected = expected(readings, in: window)
            #expect(history.steps.map { Int($0.time.timeIntervalSince1970) } == expected.keys.sorted())
            for step in history.steps {
                let values = try #require(expected[Int(step.time.timeIntervalSince1970)])
                for (metric, spread) in zip(PartnerMetric.allCases, step.spreads) {
                    let own = try #require(values[metric])
                    #expect(spread.min == own.min() && spread.max == own.max(), "\(metric)")
                    let mean = own.reduce(0, +) / Double(own.count)
                    #expect(abs(spread.mean - mean) <= 0.005_001, "\(metric)")
                    #expect((spread.mean * 100).rounded() / 100 == spread.mean, "\(metric)")
                }
            }
        }
    }

    @Test("The window's beginning is in it, its end is not, and steps without readings are not there")
    func boundaries() async throws {
        let id = try await store.add(draft()).partner.id
        for seconds in [599, 600, 659, 660, 1_200, 1_799, 1_800] {
            _ = try await store.record(success(id, at: moment(seconds)))
        }
        let history = try await store.history(of: id, in: try window(600, 1_800, finest: 60))
        #expect(history.window.stepSeconds == 60)
        #expect(history.steps.map(\.time) == [moment(600), moment(660), moment(1_200), moment(1_740)])
        #expect(try await store.history(of: id, in: try window(5_000, 9_000)).steps.isEmpty)
        #expect(try await store.history(of: .random(), in: try window(0, 9_000)).steps.isEmpty)
        // A step that began before the window holds only what is in it.
        let narrow = try await store.history(of: id, in: try window(610, 670, finest: 60))
        #expect(narrow.steps.map(\.time) == [moment(600), moment(660)])
    }

    @Test("What the overview said is kept, once a moment, restarts included, and goes when it expires")
    func totals() async throws {
        for number in 0..<250 {
            let totals = Totals(at: moment(number * 60)) { metric in
                switch metric {
                case .avgUtilization: 12.34 + Double(number)
                case .freshPartners: 3
                default: Double(number)
                }
            }
            try await store.record(totals)
            try await store.record(Totals(at: moment(number * 60)) { _ in 99 })
        }
        let again = try await test.reopened().store
        let history = try await again.history(in: try window(0, 250 * 60, points: 40))
        #expect(history.window.stepSeconds == 600)
        #expect(history.steps.count == 25)
        let second = Dictionary(uniqueKeysWithValues: zip(TotalMetric.allCases, history.steps[1].spreads))
        #expect(second[.activeCalls] == Spread(min: 10, mean: 14.5, max: 19))
        #expect(second[.avgUtilization] == Spread(min: 22.34, mean: 26.84, max: 31.34))
        #expect(second[.freshPartners] == Spread(min: 3, mean: 3, max: 3))

        #expect(try await again.removeExpired(before: moment(240 * 60), now: moment()) == 240)
        #expect(try await again.history(in: try window(0, 250 * 60, points: 40)).steps.count == 1)
    }
}

/// Numbers that repeat themselves.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
