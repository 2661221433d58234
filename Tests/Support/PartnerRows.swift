package import Foundation

/// The contents of a partner database, as values from which a test can compute what the server should find.
///
/// All times are whole seconds, as the columns hold them.
package struct PartnerRows: Sendable {
    package struct Campaign: Sendable {
        package var id: Int
        package var status = "RUNNING"
        package var isDeleted = false
        package var createdAt: Date
        package var tenant = 0
    }

    package struct Call: Sendable {
        package var id: Int
        package var status: String?
        package var endReason: String?
        package var createdAt: Date
        package var updatedAt: Date
        package var contact: Int
        package var campaign: Int
        package var tenant = 0
    }

    /// A contact in a campaign.
    package struct Link: Sendable, Hashable {
        package var campaign: Int
        package var contact: Int
    }

    package struct Submittal: Sendable {
        package var id: Int
        package var status: String?
        package var createdAt: Date
        package var tenant = 0
    }

    package var campaigns: [Campaign] = []
    package var calls: [Call] = []
    package var links: [Link] = []
    package var submittals: [Submittal] = []
    /// Name and value.
    package var settings: [String: String] = [:]

    package init() {}
}

extension PartnerRows {
    /// Rows of every kind that matters, the same for the same seed: all statuses and reasons, NULL and odd cases
    /// among them, tenants 0 to 2, deleted campaigns, and times on both sides of both ends of `day`.
    package static func generated(
        seed: UInt64, around day: Range<Date>, campaigns: Int = 12, contacts: Int = 60, calls: Int = 600,
        settings: [String: String] = ["callConcurrency": "25", "pauseNonPriorityCampaigns": "false"]
    ) -> PartnerRows {
        var dice = Dice(seed: seed)
        var rows = PartnerRows()
        rows.settings = settings
        for id in 1...campaigns {
            rows.campaigns.append(
                Campaign(
                    id: id, status: dice.pick(["RUNNING", "RUNNING", "PAUSED", "DONE"]),
                    isDeleted: dice.roll(6) == 0, createdAt: dice.moment(around: day), tenant: dice.roll(3)))
            let members = Set((0..<contacts / 4).map { _ in 1 + dice.roll(contacts) })
            rows.links += members.sorted().map { Link(campaign: id, contact: $0) }
        }
        for id in 1...calls { rows.calls.append(dice.call(id, campaigns: campaigns, contacts: contacts, around: day)) }
        for id in 1...calls / 10 {
            rows.submittals.append(
                Submittal(
                    id: id, status: dice.pick(["submitted", "pending", "approved", "rejected"]),
                    createdAt: dice.moment(around: day), tenant: dice.roll(3)))
        }
        return rows
    }
}

/// A small generator (SplitMix64) whose sequence never changes.
private struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(sides)) }
    mutating func pick<Value>(_ values: [Value]) -> Value { values[roll(values.count)] }

    /// Often exactly at an end of the day or a second before it, otherwise anywhere from a day before to a day after.
    mutating func moment(around day: Range<Date>) -> Date {
        let edges = [day.lowerBound, day.lowerBound - 1, day.upperBound, day.upperBound - 1]
        guard roll(4) > 0 else { return pick(edges) }
        return day.lowerBound + Double(roll(3 * 86_400) - 86_400)
    }

    mutating func call(_ id: Int, campaigns: Int, contacts: Int, around day: Range<Date>) -> PartnerRows.Call {
        let statuses = ["QUEUED", "INPROGRESS", "ENDED", "ENDED", "ENDED", "FAILED", "CANCELLED", "NO-ANSWER", nil]
        let reasons = ["voicemail", "customer-ended-call", "assistant-ended-call", nil]
        return PartnerRows.Call(
            id: id, status: pick(statuses), endReason: pick(reasons), createdAt: moment(around: day),
            updatedAt: moment(around: day), contact: 1 + roll(contacts), campaign: 1 + roll(campaigns),
            tenant: roll(3))
    }
}
