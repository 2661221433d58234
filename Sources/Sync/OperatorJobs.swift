import Domain

/// Connection tests: waiting, admitted, and begun.
struct OperatorJobs {
    struct Job {
        let number: Int
        /// Visited by nobody meanwhile; `nil`: not a stored partner.
        let partner: PartnerID?
        /// The test shakes hands with it.
        let bastion: String?
    }

    /// A job that has its slot; it begins once the partner's visit has made way.
    struct Admitted {
        let job: Job
        let slot: VisitQueue.Slot
        /// The bastion whose permit it holds.
        fileprivate(set) var handshake: String?
        fileprivate(set) var hasBegun = false
    }

    private(set) var waiting: [Job] = []
    private(set) var admitted: [Int: Admitted] = [:]
    private var lastNumber = 0

    mutating func enqueue(_ partner: PartnerID?, _ bastion: String?) -> Int {
        lastNumber += 1
        waiting.append(Job(number: lastNumber, partner: partner, bastion: bastion))
        return lastNumber
    }

    mutating func admit(_ job: Job, _ slot: VisitQueue.Slot) {
        waiting.removeAll { $0.number == job.number }
        admitted[job.number] = Admitted(job: job, slot: slot, handshake: job.bastion)
    }

    /// The jobs that begin now, in the order in which they came: whose partner nobody visits any more.
    mutating func begin(_ isVisited: (PartnerID) -> Bool) -> [Int] {
        let begun = admitted.values.filter { !$0.hasBegun && $0.job.partner.map(isVisited) != true }
        for job in begun { admitted[job.job.number]?.hasBegun = true }
        return begun.map(\.job.number).sorted()
    }

    /// Returns the bastion whose permit the job held until now.
    mutating func endHandshake(_ number: Int) -> String? {
        defer { admitted[number]?.handshake = nil }
        return admitted[number]?.handshake
    }

    mutating func remove(_ number: Int) {
        waiting.removeAll { $0.number == number }
        admitted[number] = nil
    }

    /// Whether a test has this partner to itself, or is about to.
    func isTesting(_ partner: PartnerID) -> Bool {
        admitted.values.contains { $0.job.partner == partner }
    }
}
