import Domain
import Foundation
import Store

/// What the engine keeps under its lock.
struct EngineState {
    var queue: VisitQueue
    var settings: Settings
    /// Raised to end a visit that is under way.
    var interruptions: [PartnerID: Signal] = [:]
    /// Of operators who wait for what becomes of a change.
    var watches: [PartnerID: [ChangeWatch]] = [:]
    private var turns: [Int: Signal] = [:]
    var statistics = StatisticsQueue()
    /// Raised when a reading's turn has come.
    var statisticsTurns: [Int: Signal] = [:]
    /// How many failures in a row there were when an operator last asked for a fresh start.
    private var forgiven: [PartnerID: Int] = [:]
    private var failures: [PartnerID: Int] = [:]
    private var lastTicket = 0
    private var settingsTicket = 0
    private var tickets: [PartnerID: Int] = [:]
    /// Deleted; the tickets of the last are kept against reads that began before.
    private var gone: [PartnerID] = []

    init(settings: Settings) {
        self.settings = settings
        queue = VisitQueue(slots: settings.concurrentPartnerLimit)
    }

    /// A number to be drawn before reading the store. What was read under a higher number is newer: it holds all
    /// writes that had ended when a lower one was drawn.
    mutating func drawTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    /// Whether what was read under `ticket` is the newest word on this partner.
    mutating func accepts(_ ticket: Int, on id: PartnerID) -> Bool {
        guard ticket > tickets[id, default: 0] else { return false }
        tickets[id] = ticket
        return true
    }

    /// Puts settings in force, unless newer ones are already.
    mutating func accept(_ settings: Settings, ticket: Int) -> Bool {
        guard ticket > settingsTicket else { return false }
        settingsTicket = ticket
        self.settings = settings
        queue.slots = settings.concurrentPartnerLimit
        return true
    }

    mutating func noteFailures(_ count: Int, of id: PartnerID) {
        failures[id] = count
        forgiven[id] = forgiven[id].map { min($0, count) }
    }

    /// The partner's restraint starts afresh.
    mutating func forgive(_ id: PartnerID) {
        forgiven[id] = failures[id]
    }

    func forgivenFailures(of id: PartnerID) -> Int {
        forgiven[id] ?? 0
    }

    /// Lines up a test; `turn` is raised when it may begin.
    mutating func lineUp(for id: PartnerID?, bastion: String?, _ turn: Signal) -> Int {
        let job = queue.enqueueJob(for: id, bastion: bastion)
        turns[job] = turn
        return job
    }

    /// What is to be raised so that tests begin: their turns, and the ends of visits that make way for one.
    mutating func admitJobs() -> [Signal] {
        let (begun, interrupted) = queue.admitJobs()
        return begun.compactMap { turns[$0] } + interrupted.compactMap { interruptions[$0] }
    }

    mutating func endJob(_ job: Int, _ answer: Bastion.Answer, at now: Duration) {
        turns[job] = nil
        queue.endJob(job, answer, at: now)
    }

    mutating func remove(_ watch: ChangeWatch, of id: PartnerID) {
        watches[id]?.removeAll { $0 === watch }
        if watches[id]?.isEmpty == true { watches[id] = nil }
    }

    mutating func forget(_ id: PartnerID) {
        for watch in watches[id] ?? [] { watch.notePartnerDeleted() }
        queue.remove(id)
        failures[id] = nil
        forgiven[id] = nil
        gone.append(id)
        if gone.count > 1_000 { tickets[gone.removeFirst()] = nil }
    }
}
