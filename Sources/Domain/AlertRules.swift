import Foundation

/// Judges one reading by the first rule that holds, the most urgent level's first.
///
/// Every rule is closed upwards in the queue and in the running campaigns, and the worse level is asked first:
/// so more of either never gives a better level, whatever the thresholds. More active calls may: a long queue
/// that is being dialled is less urgent than one that nobody works on.
package func judge(_ metrics: Metrics, by settings: Settings) -> Judgement {
    let reading = JudgedReading(metrics: metrics, settings: settings)
    if let message = reading.critical { return Judgement(level: .critical, message: message) }
    if let message = reading.high { return Judgement(level: .high, message: message) }
    if let message = reading.medium { return Judgement(level: .medium, message: message) }
    if reading.isIdle { return Judgement(level: .idle, message: "No active campaigns") }
    return Judgement(level: .normal, message: nil)
}

/// One property for each level: the message of its first rule that holds.
private struct JudgedReading {
    let queued, active, running, limit: Int
    let utilization: Double
    let settings: Settings

    init(metrics: Metrics, settings: Settings) {
        queued = metrics.queuedCalls
        active = metrics.activeCalls
        running = metrics.runningCampaigns
        limit = metrics.concurrencyLimit
        utilization = metrics.utilizationPercent
        self.settings = settings
    }

    var critical: String? {
        if queued > settings.criticalQueuedThreshold, utilization < Double(settings.criticalUtilizationThreshold) {
            return "High queue (\(queued)) with low utilization (\(percent(utilization)))"
        }
        if active >= limit, queued > settings.highQueuedMin {
            return "At max capacity with \(queued) calls queued"
        }
        if running > 50, limit < 10 {
            return "\(running) campaigns running with only \(limit) concurrent slots"
        }
        return nil
    }

    var high: String? {
        if queued >= settings.highQueuedMin, utilization < 40 {
            return "Growing queue (\(queued)) with low utilization (\(percent(utilization)))"
        }
        if running >= 30, limit < 15 {
            return "\(running) campaigns with limited concurrency (\(limit))"
        }
        return nil
    }

    var medium: String? {
        let threshold = Double(settings.alertThreshold)
        if utilization >= threshold {
            return "Utilization \(percent(utilization)) is at or above the threshold (\(percent(threshold)))"
        }
        if queued >= 50, utilization >= 40 {
            return "Moderate queue (\(queued)) and utilization (\(percent(utilization)))"
        }
        if running >= 15, limit < 20 {
            return "\(running) campaigns, consider increasing concurrency"
        }
        return nil
    }

    var isIdle: Bool { running == 0 && active == 0 && queued == 0 }

    private func percent(_ value: Double) -> String {
        String(format: "%.1f%%", value)
    }
}
