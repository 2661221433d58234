package import Domain
package import Foundation

/// A company's numbers at a moment of its past, as a visit of the console would have read them.
package struct PastReading: Sendable, Equatable {
    package let time: Date
    package let metrics: Metrics
}

/// Writes down a company's numbers, stride by stride, while its past is made.
struct Diary {
    private(set) var readings: [PastReading] = []
    /// The platform's own days, New York's.
    private let calendar = BusinessCalendar(timeZone: "America/New_York")
    private var today = Date.distantPast..<Date.distantPast
    private var campaignsToday = 0
    private var endings: [Ending] = []

    mutating func note(_ events: [Event], of platform: Platform, under rules: Platform.Rules) {
        turnPage(at: platform.time)
        for event in events {
            switch event {
            case .campaignStarted: campaignsToday += 1
            case .ended(let call) where today.contains(call.endsAt) && call.ending.status == "ENDED":
                endings.append(call.ending)
            default: break
            }
        }
        readings.append(PastReading(time: platform.time, metrics: metrics(of: platform, under: rules)))
    }

    private mutating func turnPage(at now: Date) {
        guard let calendar, !today.contains(now) else { return }
        today = calendar.day(containing: now)
        campaignsToday = 0
        endings = []
    }

    private func metrics(of platform: Platform, under rules: Platform.Rules) -> Metrics {
        let open = platform.queue.count + platform.active.count
        return Metrics(
            campaignsToday: campaignsToday, runningCampaigns: platform.campaigns.count,
            activeCalls: platform.active.count, queuedCalls: platform.queue.count,
            completedCallsToday: endings.count, voicemailCount: endings.count { $0 == .voicemail },
            customerEndedCount: endings.count { $0 == .hungUp },
            remainingCalls: platform.campaigns.reduce(open) { $0 + $1.contacts.count }, concurrencyLimit: rules.limit)
    }
}
