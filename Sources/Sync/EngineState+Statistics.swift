import Domain

extension EngineState {
    /// Lines up a reading of statistics; `turn` is raised when its turn has come.
    mutating func lineUpStatistics(of partner: Partner, isFailing: Bool, _ turn: Signal) -> Int {
        let job = statistics.enqueue(partner.id, bastion: partner.configuration.bastion, isFailing: isFailing)
        statisticsTurns[job] = turn
        return job
    }

    /// What is to be raised so that statistics begin.
    mutating func admitStatistics(at now: Duration, needsHandshake: (PartnerID) -> Bool) -> [Signal] {
        statistics.admit(&queue, at: now, needsHandshake: needsHandshake).compactMap { statisticsTurns[$0] }
    }

    func statisticsTurn(of job: Int) -> StatisticsQueue.Turn? { statistics.turn(of: job) }

    /// The reading is past the bastion, or failed there.
    mutating func endStatisticsHandshake(_ job: Int, _ answer: Bastion.Answer, at now: Duration) {
        guard let bastion = statistics.endHandshake(job) else { return }
        queue.returnSparePermit(of: bastion, answer, at: now)
    }

    mutating func endStatistics(_ job: Int, at now: Duration) {
        endStatisticsHandshake(job, .unknown, at: now)
        statistics.remove(job)
        statisticsTurns[job] = nil
    }
}
