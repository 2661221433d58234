import CSSH
import Domain
import Glibc
import Logging

/// One tunnel as the reactor sees it: a login under way, then forwarded connections. Reactor's thread only.
final class BastionSession {
    /// libssh may hold something that `poll` cannot see, above all during a key re-exchange.
    private static let tick = Duration.milliseconds(50)
    /// How long after the last byte libssh may still hold something; longer while a database owes an answer.
    private static let aftermath = Duration.seconds(1)
    private static let longAftermath = Duration.seconds(10)
    /// Reads of one session in a row, so that none starves the others.
    private static let readsInARow = 16

    let id: TunnelID
    private(set) var isOver = false

    private let session: SSHSession
    private let inbox: ReactorInbox
    private let logger: Logger
    private let pulse = TunnelPulse()
    /// `nil` once logged in.
    private var login: LoginSequence?
    private var forwardings: [ForwardingID: Forwarding] = [:]
    private var nextService: ContinuousClock.Instant
    private var lastNews: ContinuousClock.Instant
    private var heart: Heart

    /// Takes the handshake's socket, also when it throws.
    init(_ handshake: Handshake, inbox: ReactorInbox, keepAlive: Duration, logger: Logger) throws(VisitError) {
        id = handshake.id
        session = try SSHSession(handshake, silenceLimit: keepAlive)
        login = LoginSequence(handshake, over: session)
        self.inbox = inbox
        self.logger = logger
        nextService = .now
        lastNews = nextService
        heart = Heart(patience: keepAlive, now: nextService)
        if !session.offerHostKeys(handshake.hostKeyAlgorithms) {
            finishLogin(.success(.noCommonKeyType(HandshakeEnd(detail: session.errorText))))
        }
    }

    /// Names the descriptors to watch.
    func enlist(in watch: inout PollWatch) {
        watch.add(session.socket, session.hasUnsent ? POLLIN | POLLOUT : POLLIN, for: id)
        for forwarding in forwardings.values {
            guard let (descriptor, events) = forwarding.interest else { continue }
            watch.add(descriptor, events, for: id)
        }
    }

    /// How long the session can do without service if nothing happens.
    func patience(_ now: ContinuousClock.Instant) -> Duration { max(.zero, now.duration(to: nextService)) }

    /// Takes all steps that are possible now.
    func service(now: ContinuousClock.Instant, hasNews: Bool) {
        if hasNews { lastNews = now }
        if let login, !isOver { advance(login) }
        if login == nil, !isOver { run(now) }
        guard !isOver else { return }
        nextService = now + (isBusy(now) ? Self.tick : quietTime(now))
    }

    /// Asks the server for a connection.
    func forward(_ request: ForwardRequest) {
        guard login == nil, !isOver, let channel = ssh_channel_new(session.raw) else {
            request.reply.settle(.failure(SSHFault.lost(stage: .tunnel, detail: "no channel")))
            return
        }
        forwardings[request.id] = Forwarding(request, channel: channel, session: session)
        service(now: .now, hasNews: true)
    }

    /// Closes one forwarded connection, whatever its state.
    func closeForwarding(_ id: ForwardingID) {
        forwardings[id]?.abandon()
        service(now: .now, hasNews: true)
    }

    /// Closes everything, for good: no handle is touched after this. Whoever still waits for an answer gets this one.
    func end(because fault: VisitError) {
        guard !isOver else { return }
        isOver = true
        pulse.stop()
        login?.handshake.reply.settle(.failure(fault))
        forwardings.values.forEach { $0.end(because: fault) }
        forwardings = [:]
        session.close()
    }

    private func advance(_ login: LoginSequence) {
        switch login.advance() {
        case .loggedIn(let hostKey):
            let tunnel = Tunnel(id: id, hostKey: hostKey, inbox: inbox, pulse: pulse)
            self.login = nil
            login.handshake.reply.settle(.success(.opened(tunnel)))
        case .ended(let outcome): finishLogin(outcome)
        case .pending where login.handshake.reply.isSettled:
            end(because: SSHFault.cancelled(stage: .sshConnect, blaming: .bastion))
        case .pending where login.handshake.deadline.isPassed: finishLogin(.failure(login.lateFault()))
        case .pending: break
        }
    }

    private func finishLogin(_ outcome: Result<Handshake.Outcome, VisitError>) {
        login?.handshake.reply.settle(outcome)
        login = nil
        end(because: SSHFault.lost(stage: .sshAuth, detail: "login failed"))
    }

    private func run(_ now: ContinuousClock.Instant) {
        var rounds = 0
        repeat {
            session.process()
            // Before a client can see its connection close: whoever asks then must learn that it was the tunnel.
            if session.isLost { pulse.stop() }
            pumpAll(now)
            rounds += 1
        } while rounds < Self.readsInARow && session.hasArrivals
        if session.isLost {
            lose(because: session.errorText)
        } else if heart.feel(session, now) == .stopped {
            lose(because: "no sign of life")
        }
    }

    private func lose(because reason: String) {
        end(because: SSHFault.lost(stage: .tunnel, detail: reason))
        logger.info("ssh tunnel lost", metadata: ["reason": "\(reason)"])
    }

    /// All of them after any activity: what libssh has read for one may belong to another.
    private func pumpAll(_ now: ContinuousClock.Instant) {
        for (id, forwarding) in forwardings {
            forwarding.pump(now)
            if forwarding.isOver { forwardings[id] = nil }
        }
    }

    private func isBusy(_ now: ContinuousClock.Instant) -> Bool {
        if login != nil || session.hasUnsent || forwardings.values.contains(where: \.isBusy) { return true }
        let owesAnswer = forwardings.values.contains(where: \.awaitsAnswer)
        return now < lastNews + (owesAnswer ? Self.longAftermath : Self.aftermath)
    }

    private func quietTime(_ now: ContinuousClock.Instant) -> Duration {
        let deadlines = forwardings.values.compactMap(\.deadline).map { now.duration(to: $0) }
        return max(Self.tick, deadlines.reduce(now.duration(to: heart.nextBeat), min))
    }
}
