import Foundation
import Testing

@testable import Demo

@Suite("A pretend calling platform")
struct PlatformTests {
    /// 11:00 in New York, on a working day.
    static let lateMorning = Date(timeIntervalSince1970: 1_762_963_200)

    @Test("The same platform moved to the same moments does the same")
    func determinism() {
        var one = platform(0)
        var other = platform(0)
        for minute in 1...30 {
            let moment = Self.lateMorning + Double(minute) * 60
            #expect(
                one.advance(to: moment, under: .init(limit: 20)) == other.advance(to: moment, under: .init(limit: 20)))
        }
        #expect(one == other)
        #expect(one.active.isEmpty == false)
    }

    @Test("Never more calls than the limit, and every call is queued, begun and ended once, in this order")
    func callsLive() {
        var platform = platform(2)
        var stages: [Int64: [String]] = [:]
        for second in stride(from: 0, through: 4 * 3600, by: 2) {
            for event in platform.advance(to: Self.lateMorning + Double(second), under: .init(limit: 8)) {
                switch event {
                case .queued(let call): stages[call.id, default: []].append("queued")
                case .began(let active): stages[active.call.id, default: []].append("began")
                case .ended(let active): stages[active.call.id, default: []].append("ended")
                case .campaignStarted, .campaignEnded: break
                }
            }
            #expect(platform.active.count <= 8)
        }
        let whole = ["queued", "began", "ended"]
        #expect(stages.values.allSatisfy { whole.starts(with: $0) })
        #expect(stages.values.filter { $0 == whole }.count > 500)
    }

    @Test("The one at its limit stays there with a long queue, until the limit is raised")
    func atLimit() {
        var platform = platform(2)
        _ = platform.advance(to: Self.lateMorning + 60, under: .init(limit: 8))
        #expect(platform.profile.kind == .atLimit)
        #expect(platform.active.count == 8)
        #expect(platform.queue.count > 100)
        _ = platform.advance(to: Self.lateMorning + 62, under: .init(limit: 60))
        #expect(platform.active.count > 20)
    }

    @Test("A lowered limit cuts no call off, and no new one begins above it")
    func loweredLimit() {
        var platform = platform(0)
        _ = platform.advance(to: Self.lateMorning + 60, under: .init(limit: 20))
        let before = Set(platform.active.map(\.call.id))
        let events = platform.advance(to: Self.lateMorning + 61, under: .init(limit: 3))
        #expect(platform.active.count > 3)
        #expect(!events.contains { if case .began = $0 { true } else { false } })
        let ended = events.compactMap { if case .ended(let active) = $0 { active.call.id } else { nil } }
        #expect(Set(platform.active.map(\.call.id)) == before.subtracting(ended))
        _ = platform.advance(to: Self.lateMorning + 900, under: .init(limit: 3))
        #expect(platform.active.count <= 3)
    }

    @Test("While paused, only priority campaigns begin calls; then the others go on")
    func pause() {
        var platform = platform(0)
        _ = platform.advance(to: Self.lateMorning, under: .init(limit: 20))
        let paused = Platform.Rules(limit: 20, pausesNonPriority: true)
        var begun: [Int64] = []
        for minute in 1...20 {
            let events = platform.advance(to: Self.lateMorning + Double(minute) * 60, under: paused)
            begun += events.compactMap { if case .began(let active) = $0 { active.call.campaignID } else { nil } }
        }
        let priority = Set(platform.campaigns.filter(\.hasPriority).map(\.id))
        #expect(platform.campaigns.count > priority.count)
        #expect(
            begun.allSatisfy { campaign in
                priority.contains(campaign) || !platform.campaigns.contains { $0.id == campaign }
            })
        let after = platform.advance(to: Self.lateMorning + 1260, under: .init(limit: 20))
        #expect(
            after.contains {
                if case .began(let active) = $0 { !priority.contains(active.call.campaignID) } else { false }
            })
    }

    @Test("With everything paused, calls end and none begins")
    func pauseAll() {
        var platform = platform(0)
        _ = platform.advance(to: Self.lateMorning, under: .init(limit: 20))
        _ = platform.advance(to: Self.lateMorning + 600, under: .init(limit: 20, pausesAll: true))
        #expect(platform.active.isEmpty)
    }

    @Test("Every contact is called once, and a campaign ends when all of its calls have")
    func campaigns() {
        var platform = platform(9 + 3)
        var called: Set<Int64> = []
        var open: [Int64: Int] = [:]
        var ended = 0
        for minute in 0..<24 * 60 {
            for event in platform.advance(to: Self.lateMorning + Double(minute) * 60, under: .init(limit: 12)) {
                switch event {
                case .queued(let call):
                    #expect(called.insert(call.contactID).inserted)
                    open[call.campaignID, default: 0] += 1
                case .ended(let active): open[active.call.campaignID, default: 0] -= 1
                case .campaignEnded(let id):
                    #expect(open[id] == 0)
                    ended += 1
                case .began, .campaignStarted: break
                }
            }
        }
        #expect(ended > 2)
    }

    @Test("The idle one does nothing, at any hour")
    func idle() {
        var platform = platform(4)
        #expect(platform.profile.kind == .idle)
        #expect(platform.advance(to: Self.lateMorning + 86_400, under: .init(limit: 5)).isEmpty)
    }

    @Test("Nights are quieter than days, but never silent, and the change is smooth")
    func busyHours() {
        let night = BusyHours.intensity(at: Self.lateMorning - 8 * 3600)
        #expect(BusyHours.intensity(at: Self.lateMorning) == 1)
        #expect(night < 0.5 && night > 0)
        for minute in 0..<24 * 60 {
            let moment = Self.lateMorning + Double(minute) * 60
            #expect(abs(BusyHours.intensity(at: moment) - BusyHours.intensity(at: moment + 60)) < 0.01)
        }
    }

    @Test("Names and files are all different, and a larger world begins with the smaller one")
    func population() {
        let thousand = Profile.population(1000)
        #expect(thousand.count == 1000)
        #expect(Set(thousand.map { $0.name.lowercased() }).count == 1000)
        #expect(Set(thousand.map(\.fileName)).count == 1000)
        #expect(thousand.allSatisfy { $0.fileName.hasPrefix("demo-") && $0.fileName.hasSuffix(".sqlite") })
        #expect(Array(thousand.prefix(12)) == Profile.population(12))
        let kinds = Profile.population(12).map(\.kind)
        for kind in [Profile.Kind.atLimit, .idle, .unreachable, .brokenSchema] {
            #expect(kinds.filter { $0 == kind }.count == 1)
        }
    }

    private func platform(_ index: Int) -> Platform {
        let profile = Profile.population(24)[index]
        return Platform(profile, at: Self.lateMorning - 1, seed: profile.seed)
    }
}
