import Domain

/// How a bastion fared last, who is shaking hands with it, and who asks for all while it cannot be reached.
struct Bastion {
    /// What an attempt said about the bastion itself.
    enum Answer {
        /// It let us in.
        case answered
        /// It refused this login or showed another key: others may fare better, one after the other.
        case refused
        /// It could not be reached: the next attempt comes later.
        case unreachable
        case unknown

        init(_ result: Result<ConnectionFindings, VisitError>) {
            self = if case .failure(let error) = result { Answer(error) } else { .answered }
        }

        init(_ error: VisitError) {
            switch (error.kind, error.stage) {
            // A secret that cannot be read: nobody was asked.
            case (.databaseLogin, .resolve): self = .unknown
            case (.sshLogin, _), (.hostKey, _): self = .refused
            case (.ssh, _), (.timeout, .resolve), (.timeout, .sshConnect), (.timeout, .sshHostKey),
                (.timeout, .sshAuth):
                self = .unreachable
            default: self = .answered
            }
        }
    }

    private var handshakes = 0
    private var isFailing = false
    private var failures = 0
    /// Not before this moment does a scheduled visit probe it.
    private(set) var retryAt: Duration = .zero
    /// The partner that found it unreachable and probes it from then on: so its failure is told once, not by everybody
    /// behind it.
    private(set) var prober: PartnerID?

    var isIdle: Bool { handshakes == 0 }
    var isWell: Bool { !isFailing }

    /// Two handshakes at a time; while it fails, one.
    mutating func takePermit() -> Bool {
        guard handshakes < (isFailing ? 1 : 2) else { return false }
        handshakes += 1
        return true
    }

    /// Somebody else has to probe.
    mutating func dismissProber() {
        prober = nil
    }

    /// What becomes of a wish for a handshake that is not urgent.
    enum SparePermit: Equatable {
        case taken
        /// Somebody shakes hands already; the one that may be left is for visits.
        case busy
        /// For so long it is left alone.
        case rests(Duration)
    }

    /// A handshake only while nobody has one, and none while the bastion is left alone.
    mutating func takeSparePermit(at now: Duration) -> SparePermit {
        guard retryAt <= now else { return .rests(retryAt - now) }
        guard isIdle else { return .busy }
        handshakes += 1
        return .taken
    }

    /// Gives a permit back with what was learnt, and by whom (`nil`: by a test).
    mutating func release(_ answer: Answer, at now: Duration = .zero, by id: PartnerID? = nil) {
        handshakes -= 1
        switch answer {
        case .unknown: return
        case .answered: (isFailing, failures, retryAt, prober) = (false, 0, .zero, nil)
        case .refused: (isFailing, failures, retryAt, prober) = (true, 0, .zero, nil)
        case .unreachable:
            isFailing = true
            failures += 1
            prober = prober ?? id
            // As a partner's own restraint: 10 s doubling up to 2 minutes.
            retryAt = now + min(.seconds(10) * (1 << min(failures - 1, 4)), .seconds(120))
        }
    }
}
