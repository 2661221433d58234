import Domain
import Testing

/// A reading and what is to be said of it under the default settings.
private struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let metrics: Metrics
    let level: AlertLevel
    let message: String?

    init(
        _ name: String, queued: Int = 0, active: Int = 0, running: Int = 1, limit: Int = 100,
        _ level: AlertLevel, _ message: String?
    ) {
        testDescription = name
        metrics = Metrics(queued: queued, active: active, running: running, limit: limit)
        self.level = level
        self.message = message
    }
}

@Suite("Alert rules")
struct AlertRulesTests {
    @Test(
        "Each rule begins and ends where the table says",
        arguments: [
            Case("quiet", .normal, nil),
            Case("nothing at all", running: 0, .idle, "No active campaigns"),
            Case("one queued call is not idle", queued: 1, running: 0, .normal, nil),
            Case("one active call is not idle", active: 1, running: 0, .normal, nil),

            Case("critical queue", queued: 201, active: 29, .critical, "High queue (201) with low utilization (29.0%)"),
            Case(
                "critical queue, one less", queued: 200, active: 29, .high,
                "Growing queue (200) with low utilization (29.0%)"),
            Case(
                "critical queue, just busy enough", queued: 201, active: 30, .high,
                "Growing queue (201) with low utilization (30.0%)"),
            Case(
                "critical queue, a hair less busy", queued: 201, active: 2999, limit: 10_000, .critical,
                "High queue (201) with low utilization (30.0%)"),

            Case("full", queued: 101, active: 100, .critical, "At max capacity with 101 calls queued"),
            Case("over-full", queued: 101, active: 130, .critical, "At max capacity with 101 calls queued"),
            Case(
                "full, one queued call less", queued: 100, active: 100, .medium,
                "Utilization 100.0% is at or above the threshold (80.0%)"),
            Case(
                "one call short of full", queued: 101, active: 99, .medium,
                "Utilization 99.0% is at or above the threshold (80.0%)"),

            Case(
                "many campaigns, few slots", running: 51, limit: 9, .critical,
                "51 campaigns running with only 9 concurrent slots"),
            Case("many campaigns, one less", running: 50, limit: 9, .high, "50 campaigns with limited concurrency (9)"),
            Case(
                "many campaigns, one slot more", running: 51, limit: 10, .high,
                "51 campaigns with limited concurrency (10)"),

            Case("growing queue", queued: 100, active: 39, .high, "Growing queue (100) with low utilization (39.0%)"),
            Case("growing queue, one less", queued: 99, active: 39, .normal, nil),
            Case(
                "growing queue, just busy enough", queued: 100, active: 40, .medium,
                "Moderate queue (100) and utilization (40.0%)"),

            Case("thirty campaigns", running: 30, limit: 14, .high, "30 campaigns with limited concurrency (14)"),
            Case(
                "twenty-nine campaigns", running: 29, limit: 14, .medium,
                "29 campaigns, consider increasing concurrency"),
            Case(
                "thirty campaigns, one slot more", running: 30, limit: 15, .medium,
                "30 campaigns, consider increasing concurrency"),

            Case("busy", active: 80, .medium, "Utilization 80.0% is at or above the threshold (80.0%)"),
            Case("busy, one call less", active: 79, .normal, nil),
            Case(
                "busy over the limit", active: 7, limit: 3, .medium,
                "Utilization 233.3% is at or above the threshold (80.0%)"),

            Case("moderate queue", queued: 50, active: 40, .medium, "Moderate queue (50) and utilization (40.0%)"),
            Case("moderate queue, one less", queued: 49, active: 40, .normal, nil),
            Case("moderate queue, less busy", queued: 50, active: 39, .normal, nil),

            Case("fifteen campaigns", running: 15, limit: 19, .medium, "15 campaigns, consider increasing concurrency"),
            Case("fourteen campaigns", running: 14, limit: 19, .normal, nil),
            Case("fifteen campaigns, one slot more", running: 15, limit: 20, .normal, nil),
        ])
    private func bounds(_ expected: Case) {
        let judgement = judge(expected.metrics, by: Settings())
        #expect(judgement == Judgement(level: expected.level, message: expected.message))
    }

    @Test("The first rule that holds speaks, though others hold too")
    func order() {
        let everything = Metrics(queued: 500, active: 2, running: 60, limit: 9)
        #expect(judge(everything, by: Settings()).message == "High queue (500) with low utilization (22.2%)")
        let full = Metrics(queued: 500, active: 9, running: 60, limit: 9)
        #expect(judge(full, by: Settings()).message == "At max capacity with 500 calls queued")
        let busy = Metrics(queued: 60, active: 17, running: 20, limit: 18)
        #expect(judge(busy, by: Settings()).message == "Utilization 94.4% is at or above the threshold (80.0%)")
    }

    @Test("Each threshold moves its own rule")
    func thresholds() {
        var settings = Settings()
        settings.criticalQueuedThreshold = 10
        settings.criticalUtilizationThreshold = 50
        #expect(judge(Metrics(queued: 11, active: 49), by: settings).level == .critical)
        #expect(judge(Metrics(queued: 10, active: 49), by: settings).level == .normal)
        #expect(judge(Metrics(queued: 11, active: 50), by: settings).level == .normal)

        settings = Settings()
        settings.highQueuedMin = 20
        #expect(judge(Metrics(queued: 20, active: 39), by: settings).level == .high)
        #expect(judge(Metrics(queued: 19, active: 39), by: settings).level == .normal)
        #expect(judge(Metrics(queued: 21, active: 100), by: settings).level == .critical)
        #expect(judge(Metrics(queued: 20, active: 100), by: settings).level == .medium)

        settings = Settings()
        settings.alertThreshold = 55
        let message = "Utilization 55.5% is at or above the threshold (55.0%)"
        #expect(judge(Metrics(active: 111, limit: 200), by: settings).message == message)
        #expect(judge(Metrics(active: 109, limit: 200), by: settings).level == .normal)
    }

    @Test("Numbers at the end of their range are judged like others")
    func extremes() {
        let most = Metrics(queued: .max, active: .max, running: .max, limit: 1)
        #expect(judge(most, by: Settings()).level == .critical)
        #expect(judge(Metrics(queued: .max, active: 0, running: .max, limit: .max), by: Settings()).level == .critical)
    }
}

extension Metrics {
    /// The numbers that are judged; the others do not count.
    init(queued: Int = 0, active: Int = 0, running: Int = 1, limit: Int = 100) {
        self.init(
            campaignsToday: 0, runningCampaigns: running, activeCalls: active, queuedCalls: queued,
            completedCallsToday: 0, voicemailCount: 0, customerEndedCount: 0, remainingCalls: 0,
            concurrencyLimit: limit)
    }
}
