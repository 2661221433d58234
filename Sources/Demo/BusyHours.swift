import Foundation

/// How busy callers are over the day, in New York, where the pretend partners work.
enum BusyHours {
    /// From 0.3 at night to 1 in the late morning and afternoon, without steps. Never 0: a demo is shown at any hour.
    static func intensity(at moment: Date) -> Double {
        let seconds = moment.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: moment))
        let hour = seconds.truncatingRemainder(dividingBy: 86_400) / 3600
        let step = Int(hour)
        let share = hour - Double(step)
        return hours[step] * (1 - share) + hours[(step + 1) % 24] * share
    }

    private static let zone = TimeZone(identifier: "America/New_York") ?? .gmt

    /// At the full hours from midnight on.
    private static let hours: [Double] = [
        0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.4, 0.6, 0.8, 1, 1, 0.8, 0.8, 1, 1, 1, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3,
    ]
}
