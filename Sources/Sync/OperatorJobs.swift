import Domain

/// Connection tests, waiting and running.
struct OperatorJobs {
    struct Job {
        let number: Int
        /// Visited by nobody meanwhile; `nil`: not a stored partner.
        let partner: PartnerID?
        /// The test shakes hands with it.
        let bastion: String?
    }

    private(set) var waiting: [Job] = []
    private(set) var running: [Int: Job] = [:]
    private var lastNumber = 0

    mutating func enqueue(_ partner: PartnerID?, _ bastion: String?) -> Int {
        lastNumber += 1
        waiting.append(Job(number: lastNumber, partner: partner, bastion: bastion))
        return lastNumber
    }

    mutating func admit(_ job: Job) {
        waiting.removeAll { $0.number == job.number }
        running[job.number] = job
    }

    /// Returns the job if it was running, and so held something.
    mutating func remove(_ number: Int) -> Job? {
        waiting.removeAll { $0.number == number }
        return running.removeValue(forKey: number)
    }

    func isTesting(_ partner: PartnerID) -> Bool {
        running.values.contains { $0.partner == partner }
    }

    /// Whether a test of this partner waits or runs.
    func claims(_ partner: PartnerID) -> Bool {
        isTesting(partner) || waiting.contains { $0.partner == partner }
    }
}
