import Foundation

/// Judges one reading by the first rule of the table in `api-decisions.md` that holds.
package func judge(_ metrics: Metrics, by settings: Settings) -> Judgement {
    critical(metrics, settings) ?? high(metrics, settings) ?? medium(metrics, settings) ?? quiet(metrics)
}

private func critical(_ metrics: Metrics, _ settings: Settings) -> Judgement? {
    let queued = metrics.queuedCalls
    let limit = metrics.concurrencyLimit
    let utilization = metrics.utilizationPercent
    if queued > settings.criticalQueuedThreshold, utilization < Double(settings.criticalUtilizationThreshold) {
        return Judgement(
            level: .critical, message: "High queue (\(queued)) with low utilization (\(percent(utilization)))")
    }
    if metrics.activeCalls >= limit, queued > settings.highQueuedMin {
        return Judgement(level: .critical, message: "At max capacity with \(queued) calls queued")
    }
    if metrics.runningCampaigns > 50, limit < 10 {
        return Judgement(
            level: .critical,
            message: "\(metrics.runningCampaigns) campaigns running with only \(limit) concurrent slots")
    }
    return nil
}

private func high(_ metrics: Metrics, _ settings: Settings) -> Judgement? {
    let utilization = metrics.utilizationPercent
    if metrics.queuedCalls >= settings.highQueuedMin, utilization < 40 {
        return Judgement(
            level: .high,
            message: "Growing queue (\(metrics.queuedCalls)) with low utilization (\(percent(utilization)))")
    }
    if metrics.runningCampaigns >= 30, metrics.concurrencyLimit < 15 {
        return Judgement(
            level: .high,
            message: "\(metrics.runningCampaigns) campaigns with limited concurrency (\(metrics.concurrencyLimit))")
    }
    return nil
}

private func medium(_ metrics: Metrics, _ settings: Settings) -> Judgement? {
    let utilization = metrics.utilizationPercent
    if utilization >= Double(settings.alertThreshold) {
        let threshold = percent(Double(settings.alertThreshold))
        return Judgement(
            level: .medium,
            message: "Utilization \(percent(utilization)) is at or above the threshold (\(threshold))")
    }
    if metrics.queuedCalls >= 50, utilization >= 40 {
        return Judgement(
            level: .medium, message: "Moderate queue (\(metrics.queuedCalls)) and utilization (\(percent(utilization)))"
        )
    }
    if metrics.runningCampaigns >= 15, metrics.concurrencyLimit < 20 {
        return Judgement(
            level: .medium, message: "\(metrics.runningCampaigns) campaigns, consider increasing concurrency")
    }
    return nil
}

private func quiet(_ metrics: Metrics) -> Judgement {
    let isIdle = metrics.runningCampaigns == 0 && metrics.activeCalls == 0 && metrics.queuedCalls == 0
    return isIdle
        ? Judgement(level: .idle, message: "No active campaigns") : Judgement(level: .normal, message: nil)
}

private func percent(_ value: Double) -> String {
    String(format: "%.1f%%", value)
}
