import Domain
import Testing

/// "A worse input never gives a better level", over a grid that holds every threshold and its neighbours.
///
/// Worse is, all else equal: more queued calls; more running campaigns; a smaller limit while no call is active;
/// and, as long as the queue is below every threshold for long queues, more active calls or a smaller limit.
/// Above those thresholds utilization is judged from both sides on purpose: see the last test.
/// `IDLE` and `NORMAL` are equally good.
@Suite("A worse input never gives a better level")
struct AlertMonotonyTests {
    private static let queues = [0, 1, 9, 10, 11, 49, 50, 51, 99, 100, 101, 199, 200, 201, 500]
    private static let campaigns = [0, 1, 14, 15, 16, 29, 30, 31, 49, 50, 51, 52, 200]
    private static let limits = [1, 2, 5, 8, 9, 10, 11, 13, 14, 15, 16, 18, 19, 20, 21, 50, 100, 1000]
    /// Percent of the limit; each also one call less and one more.
    private static let loads = [0, 30, 40, 50, 80, 100, 130]

    static let settings: [Settings] = [
        Settings(),
        Settings { $0.highQueuedMin = 0 },
        Settings {
            $0.highQueuedMin = 500; $0.criticalQueuedThreshold = 10
        },
        Settings {
            $0.criticalQueuedThreshold = 0; $0.criticalUtilizationThreshold = 100
        },
        Settings {
            $0.criticalUtilizationThreshold = 0; $0.alertThreshold = 1
        },
        Settings {
            $0.alertThreshold = 100; $0.highQueuedMin = 1_000_000; $0.criticalQueuedThreshold = 1_000_000
        },
    ]

    @Test("More queued calls", arguments: settings)
    func queue(settings: Settings) {
        for limit in Self.limits {
            for active in Self.activeCalls(limit: limit) {
                for running in Self.campaigns {
                    expectNoBetter(
                        settings,
                        Self.queues.map {
                            Metrics(queued: $0, active: active, running: running, limit: limit)
                        })
                }
            }
        }
    }

    @Test("More running campaigns", arguments: settings)
    func running(settings: Settings) {
        for limit in Self.limits {
            for active in Self.activeCalls(limit: limit) {
                for queued in Self.queues {
                    expectNoBetter(
                        settings,
                        Self.campaigns.map {
                            Metrics(queued: queued, active: active, running: $0, limit: limit)
                        })
                }
            }
        }
    }

    @Test("A smaller limit while no call is active", arguments: settings)
    func limitOfTheInactive(settings: Settings) {
        for queued in Self.queues {
            for running in Self.campaigns {
                expectNoBetter(
                    settings,
                    Self.limits.reversed().map {
                        Metrics(queued: queued, active: 0, running: running, limit: $0)
                    })
            }
        }
    }

    @Test("More active calls, or a smaller limit, as long as the queue is not long", arguments: settings)
    func load(settings: Settings) {
        let longQueue = min(settings.highQueuedMin, settings.criticalQueuedThreshold + 1)
        for queued in Self.queues where queued < longQueue {
            for running in Self.campaigns {
                for limit in Self.limits {
                    expectNoBetter(
                        settings,
                        Self.activeCalls(limit: limit).map {
                            Metrics(queued: queued, active: $0, running: running, limit: limit)
                        })
                }
                for active in Self.limits {
                    expectNoBetter(
                        settings,
                        Self.limits.reversed().map {
                            Metrics(queued: queued, active: active, running: running, limit: $0)
                        })
                }
            }
        }
    }

    @Test("A long queue is the less urgent the more of it is being dialled, until the limit is reached")
    func longQueue() {
        let levels = [0, 29, 30, 39, 40, 99, 100, 200].map {
            judge(Metrics(queued: 250, active: $0, limit: 100), by: Settings()).level
        }
        #expect(levels == [.critical, .critical, .high, .high, .medium, .medium, .critical, .critical])
    }

    /// Ascending, without repetition.
    private static func activeCalls(limit: Int) -> [Int] {
        Set(loads.flatMap { load in (-1...1).map { max(0, limit * load / 100 + $0) } }).sorted()
    }

    private func expectNoBetter(_ settings: Settings, _ worsening: [Metrics]) {
        for (metrics, worse) in zip(worsening, worsening.dropFirst()) {
            let (level, then) = (judge(metrics, by: settings).level, judge(worse, by: settings).level)
            // An `#expect` each would cost more than all else here.
            if max(level, .idle) > max(then, .idle) { Issue.record("\(level) of \(metrics), but \(then) of \(worse)") }
        }
    }
}

extension Settings: CustomTestStringConvertible {
    init(_ change: (inout Settings) -> Void) {
        self.init()
        change(&self)
    }

    public var testDescription: String {
        let levels = "\(alertThreshold) \(criticalQueuedThreshold) \(criticalUtilizationThreshold) \(highQueuedMin)"
        return "thresholds \(levels)"
    }
}
