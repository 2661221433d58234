import Domain

/// Which statistics may be read now. Pure, as the `VisitQueue` is, and a bulkhead of its own: no slot of a visit is ever
/// taken, and of a bastion's handshakes only one that leaves another to visits.
struct StatisticsQueue {
    /// What a reading is told when its turn comes.
    enum Turn: Equatable {
        /// It has a slot and the partner to itself, as far as statistics go.
        case begins(mayShakeHands: Bool)
        /// Its bastion could not be reached a moment ago, and is left alone for so long.
        case bastionRests(Duration)
    }

    private struct Job {
        let number: Int
        let partner: PartnerID
        let bastion: String?
        let isFailing: Bool
        var turn: Turn?
        /// The bastion whose permit it holds.
        var handshake: String?

        var isRunning: Bool { if case .begins = turn { true } else { false } }
    }

    /// Partners read at the same time; of those whose last visit failed at most a quarter.
    private let slots: Int
    /// In the order in which they came.
    private var jobs: [Job] = []
    private var lastNumber = 0

    init(slots: Int = 16) {
        self.slots = slots
    }

    /// Lines up a reading and returns its number.
    mutating func enqueue(_ partner: PartnerID, bastion: String?, isFailing: Bool) -> Int {
        lastNumber += 1
        jobs.append(Job(number: lastNumber, partner: partner, bastion: bastion, isFailing: isFailing))
        return lastNumber
    }

    /// Gives out turns, and returns whose turn it is now. Bastions' permits are the visits'.
    mutating func admit(
        _ visits: inout VisitQueue, at now: Duration, needsHandshake: (PartnerID) -> Bool
    ) -> [Int] {
        var running = jobs.filter(\.isRunning)
        var admitted: [Int] = []
        for index in jobs.indices where jobs[index].turn == nil {
            guard running.count < slots else { break }
            guard mayRun(jobs[index], beside: running) else { continue }
            guard let turn = turn(of: &jobs[index], &visits, at: now, needsHandshake) else { continue }
            jobs[index].turn = turn
            if jobs[index].isRunning { running.append(jobs[index]) }
            admitted.append(jobs[index].number)
        }
        return admitted
    }

    /// `nil` before its turn has come.
    func turn(of number: Int) -> Turn? {
        jobs.first { $0.number == number }?.turn
    }

    /// Returns the bastion whose permit the reading held until now.
    mutating func endHandshake(_ number: Int) -> String? {
        guard let index = jobs.firstIndex(where: { $0.number == number }) else { return nil }
        defer { jobs[index].handshake = nil }
        return jobs[index].handshake
    }

    /// The reading is over, or was given up before its turn came.
    mutating func remove(_ number: Int) {
        jobs.removeAll { $0.number == number }
    }

    private func mayRun(_ job: Job, beside running: [Job]) -> Bool {
        if running.contains(where: { $0.partner == job.partner }) { return false }
        return !job.isFailing || running.count(where: \.isFailing) < max(1, slots / 4)
    }

    private func turn(
        of job: inout Job, _ visits: inout VisitQueue, at now: Duration, _ needsHandshake: (PartnerID) -> Bool
    ) -> Turn? {
        guard let bastion = job.bastion, needsHandshake(job.partner) else {
            return .begins(mayShakeHands: job.bastion == nil)
        }
        switch visits.takeSparePermit(of: bastion, at: now) {
        case .taken:
            job.handshake = bastion
            return .begins(mayShakeHands: true)
        case .rests(let pause): return .bastionRests(pause)
        case .busy: return nil
        }
    }
}
