import Foundation

/// What happens on a calling platform, as far as its database shows it.
enum Event: Sendable, Equatable {
    case campaignStarted(Platform.Campaign)
    case campaignEnded(Int64)
    case queued(Platform.Call)
    case began(Platform.ActiveCall)
    case ended(Platform.ActiveCall)
}

/// How a call ends.
enum Ending: Sendable, CaseIterable {
    case hungUp
    case assistantDone
    case voicemail
    case notReached
    case cancelled

    /// `calls.status`
    var status: String {
        switch self {
        case .hungUp, .assistantDone, .voicemail: "ENDED"
        case .notReached: "FAILED"
        case .cancelled: "CANCELLED"
        }
    }

    /// `calls.endReason`
    var reason: String {
        switch self {
        case .hungUp: "customer-ended-call"
        case .assistantDone: "assistant-ended-call"
        case .voicemail: "voicemail"
        case .notReached: "customer-did-not-answer"
        case .cancelled: "cancelled"
        }
    }

    /// How long such a call takes, ringing included.
    var seconds: ClosedRange<Int> {
        switch self {
        case .hungUp: 45...240
        case .assistantDone: 90...300
        case .voicemail: 25...60
        case .notReached: 20...45
        case .cancelled: 5...15
        }
    }

    /// Whether someone talked, so that an application may follow.
    var isConversation: Bool { self == .hungUp || self == .assistantDone }

    /// Of a hundred calls 38 are hung up by the customer, 17 end well, 30 reach a voicemail.
    static func random(_ chance: inout Chance) -> Ending {
        switch chance.between(1, 100) {
        case ...38: .hungUp
        case ...55: .assistantDone
        case ...85: .voicemail
        case ...97: .notReached
        default: .cancelled
        }
    }
}

/// Names as recruiters give them.
enum CampaignName {
    static func random(_ chance: inout Chance) -> String {
        let role = chance.pick([
            "Registered nurses", "Forklift drivers", "Java developers", "Line cooks", "CNC machinists",
            "Customer service agents", "Data analysts", "Warehouse pickers", "Electricians", "Medical coders",
            "Truck drivers", "Account managers", "Welders", "Physiotherapists", "Front desk staff",
        ])
        let place = chance.pick([
            "Atlanta", "Newark", "Columbus", "Dallas", "Phoenix", "Tampa", "Denver", "Boston", "Charlotte", "Remote",
        ])
        let text = "\(role), \(place)"
        return chance.happens(percent: 25) ? "Priority: \(text)" : text
    }
}
