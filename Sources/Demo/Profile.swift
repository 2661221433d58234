/// What kind of company a pretend partner is.
struct Profile: Sendable, Equatable {
    enum Kind: Sendable {
        /// Calls rise and fall with the hours.
        case ordinary
        /// Always more to call than its limit allows.
        case atLimit
        /// Runs no campaign at all.
        case idle
        /// Its database server does not answer: nothing listens at its port.
        case unreachable
        /// Its `calls` table lacks a column.
        case brokenSchema
    }

    let name: String
    let kind: Kind
    /// `callConcurrency` when the database is made.
    let limit: Int
    /// Campaigns that run in a busy hour.
    let campaigns: Int
    /// Calls at a time that a busy hour wants, whatever the limit.
    let demand: Int
    /// Calls that a busy hour keeps in the queue.
    let queue: Int
    let contactsPerCampaign: Int

    /// One of the many beyond the dozen: little traffic and a short past, so that a thousand are cheap.
    var isSmall: Bool { contactsPerCampaign < 100 }

    /// The same company has the same luck at every start.
    var seed: UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// `demo-harbourline-staffing.sqlite`
    var fileName: String {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        return "demo-" + words.joined(separator: "-") + ".sqlite"
    }

    /// The first `count` of one endless list: a dozen drawn by hand, then as many small ones as are asked for.
    static func population(_ count: Int) -> [Profile] {
        dozen.prefix(count) + (dozen.count..<max(count, dozen.count)).map(small)
    }

    private static let dozen = [
        Profile("Harbourline Staffing", limit: 20, campaigns: 6, demand: 15, queue: 40),
        Profile("Bluepeak Talent", limit: 10, campaigns: 4, demand: 7, queue: 25),
        Profile("Cedar & Vale Recruiting", limit: 8, kind: .atLimit, campaigns: 9, demand: 30, queue: 160),
        Profile("Northgate Workforce", limit: 30, campaigns: 8, demand: 26, queue: 60),
        Profile("Lanternway Search", limit: 5, kind: .idle, campaigns: 0, demand: 0, queue: 0),
        Profile("Quillstone Partners", limit: 12, campaigns: 5, demand: 6, queue: 15),
        Profile("Riverbend Healthcare Jobs", limit: 25, campaigns: 17, demand: 14, queue: 70),
        Profile("Old Mill Logistics Staffing", limit: 10, kind: .unreachable, campaigns: 0, demand: 0, queue: 0),
        Profile("Summit & Shore Careers", limit: 15, campaigns: 3, demand: 9, queue: 20),
        Profile("Fernbridge Consulting", limit: 10, kind: .brokenSchema, campaigns: 0, demand: 0, queue: 0),
        Profile("Halcyon Engineering Recruiters", limit: 40, campaigns: 7, demand: 12, queue: 130),
        Profile("Pinecrest Hospitality Crew", limit: 6, campaigns: 2, demand: 4, queue: 10),
    ]

    private static func small(_ index: Int) -> Profile {
        let places = [
            "Ashford", "Briarwood", "Clearwater", "Dunmore", "Eastlake", "Foxhollow", "Granite Bay", "Highfield",
            "Ironbridge", "Juniper", "Kingsway", "Larkspur", "Maplewood", "Newhaven", "Oakridge", "Pemberton",
            "Queensbury", "Rosemont", "Silverton", "Thornbury", "Umberland", "Verdant", "Westmere", "Yarrow", "Zephyr",
        ]
        let trades = [
            "Staffing", "Talent", "Recruiting", "Workforce", "Careers", "Search", "Healthcare Jobs", "Engineering Crew",
            "Hospitality Staff", "Logistics Hiring",
        ]
        let ordinal = index - dozen.count
        let round = ordinal / (places.count * trades.count)
        let name = "\(places[ordinal % places.count]) \(trades[ordinal / places.count % trades.count])"
        var chance = Chance(seed: UInt64(index))
        let limit = chance.between(4, 12)
        return Profile(
            round == 0 ? name : "\(name) \(round + 1)", limit: limit, campaigns: chance.between(1, 3),
            demand: chance.between(1, limit), queue: chance.between(2, 12), contactsPerCampaign: 60)
    }

    private init(
        _ name: String, limit: Int, kind: Kind = .ordinary, campaigns: Int, demand: Int, queue: Int,
        contactsPerCampaign: Int = 300
    ) {
        self.name = name
        self.kind = kind
        self.limit = limit
        self.campaigns = campaigns
        self.demand = demand
        self.queue = queue
        self.contactsPerCampaign = contactsPerCampaign
    }
}
