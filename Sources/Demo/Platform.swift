import Foundation

/// One company's calling platform: running campaigns, the queue, the calls in progress.
///
/// Pure: the same platform moved to the same moments under the same rules does the same.
struct Platform: Sendable, Equatable {
    let profile: Profile
    /// The moment at which it stands.
    private(set) var time: Date
    /// Running ones only, oldest first.
    private(set) var campaigns: [Campaign]
    /// Oldest first.
    private(set) var queue: [Call]
    private(set) var active: [ActiveCall]
    private(set) var next: NextIDs
    private var chance: Chance

    init(
        _ profile: Profile, at time: Date, seed: UInt64, campaigns: [Campaign] = [], queue: [Call] = [],
        active: [ActiveCall] = [], next: NextIDs = NextIDs()
    ) {
        self.profile = profile
        self.time = time
        self.campaigns = campaigns
        self.queue = queue
        self.active = active
        self.next = next
        chance = Chance(seed: seed)
    }

    /// Lets the time until `now` pass, in strides if it is long, and returns what happened, in order.
    ///
    /// A call begins only while fewer than `rules.limit` are in progress; calls in progress are never cut off.
    /// After each stride `look` sees what happened in it and how the platform stands then.
    mutating func advance(
        to now: Date, under rules: Rules, _ look: ([Event], Platform) -> Void = { _, _ in }
    ) -> [Event] {
        strides(to: now).flatMap { moment in
            let events = step(to: moment, rules)
            look(events, self)
            return events
        }
    }

    /// The dozen lives in strides of 2 minutes, but of 20 before yesterday; small companies in strides of half an hour.
    private func strides(to now: Date) -> [Date] {
        var moments: [Date] = []
        var moment = time
        while moment < now {
            let isRecent = now.timeIntervalSince(moment) <= 86_400
            moment += profile.isSmall ? 1800 : isRecent ? 120 : 1200
            moments.append(min(moment, now))
        }
        return moments
    }

    private mutating func step(to now: Date, _ rules: Rules) -> [Event] {
        time = now
        let busy = profile.kind == .atLimit ? 1 : BusyHours.intensity(at: now)
        let events = endCalls() + endCampaigns() + startCampaigns(busy)
        return rules.pausesAll ? events : events + fillQueue(busy, rules) + beginCalls(busy, rules)
    }

    private mutating func endCalls() -> [Event] {
        let over = active.filter { $0.endsAt <= time }
        active.removeAll { $0.endsAt <= time }
        return over.map(Event.ended)
    }

    private mutating func endCampaigns() -> [Event] {
        let open = Set(queue.map(\.campaignID)).union(active.map(\.call.campaignID))
        let over = campaigns.filter { $0.contacts.isEmpty && !open.contains($0.id) }.map(\.id)
        campaigns.removeAll { over.contains($0.id) }
        return over.map(Event.campaignEnded)
    }

    private mutating func startCampaigns(_ busy: Double) -> [Event] {
        let wanted = Int((Double(profile.campaigns) * busy).rounded(.up))
        return (0..<max(0, wanted - campaigns.count)).map { _ in
            let size = Int64(chance.between(profile.contactsPerCampaign / 2, profile.contactsPerCampaign))
            let campaign = Campaign(
                id: next.campaign, name: CampaignName.random(&chance), startedAt: time,
                contacts: next.contact..<next.contact + size)
            next.campaign += 1
            next.contact += size
            campaigns.append(campaign)
            return .campaignStarted(campaign)
        }
    }

    /// Takes contacts from the campaigns in turn, so that none waits for another.
    private mutating func fillQueue(_ busy: Double, _ rules: Rules) -> [Event] {
        let wanted = Int((Double(profile.queue) * busy).rounded())
        var added: [Call] = []
        while queue.count + added.count < wanted {
            let before = added.count
            for index in campaigns.indices where rules.allow(campaigns[index]) {
                guard queue.count + added.count < wanted, let contact = campaigns[index].contacts.popFirst() else {
                    continue
                }
                added.append(
                    Call(id: next.call, campaignID: campaigns[index].id, contactID: contact, queuedAt: time))
                next.call += 1
            }
            if added.count == before { break }
        }
        queue += added
        return added.map(Event.queued)
    }

    private mutating func beginCalls(_ busy: Double, _ rules: Rules) -> [Event] {
        let wobble = Double(chance.between(85, 115)) / 100
        let wanted = min(rules.limit, Int((Double(profile.demand) * busy * wobble).rounded()))
        let allowed = Set(campaigns.filter(rules.allow).map(\.id))
        var begun: [ActiveCall] = []
        while active.count + begun.count < wanted,
            let index = queue.firstIndex(where: { allowed.contains($0.campaignID) })
        {
            begun.append(ActiveCall(queue.remove(at: index), startedAt: time, &chance))
        }
        active += begun
        return begun.map(Event.began)
    }
}

extension Platform {
    struct Campaign: Sendable, Equatable {
        let id: Int64
        let name: String
        let startedAt: Date
        /// Contacts that were not called yet; each is called once.
        var contacts: Range<Int64>

        /// Priority campaigns go on while the others are paused. The platform marks them by name.
        var hasPriority: Bool { name.hasPrefix("Priority: ") }
    }

    struct Call: Sendable, Equatable {
        let id: Int64
        let campaignID: Int64
        let contactID: Int64
        let queuedAt: Date
    }

    struct ActiveCall: Sendable, Equatable {
        let call: Call
        let startedAt: Date
        /// Known from the start: a call of this world ends as chance had it when it began.
        let endsAt: Date
        let ending: Ending

        init(_ call: Call, startedAt: Date, _ chance: inout Chance) {
            let ending = Ending.random(&chance)
            self.call = call
            self.startedAt = startedAt
            self.ending = ending
            endsAt = startedAt + TimeInterval(chance.between(ending.seconds.lowerBound, ending.seconds.upperBound))
        }
    }

    /// The ids that the next rows get.
    struct NextIDs: Sendable, Equatable {
        var campaign: Int64 = 1
        var contact: Int64 = 1
        var call: Int64 = 1
    }

    /// What the platform's own settings say.
    struct Rules: Sendable, Equatable {
        /// `callConcurrency`
        var limit: Int
        var pausesNonPriority = false
        var pausesAll = false

        func allow(_ campaign: Campaign) -> Bool {
            !pausesNonPriority || campaign.hasPriority
        }
    }
}
