import Domain
import Glibc
import Logging

/// The reactor's thread: waits for any socket of any tunnel, and lets each tunnel that has news take its steps.
///
/// Nothing here blocks but `poll`. Lives on its own thread alone.
final class ReactorLoop {
    private let inbox: ReactorInbox
    private let keepAlive: Duration
    private let logger: Logger
    private var sessions: [TunnelID: BastionSession] = [:]
    private var isRunning = true
    private var ended: [Reply<Void>] = []

    init(inbox: ReactorInbox, keepAlive: Duration, logger: Logger) {
        self.inbox = inbox
        self.keepAlive = keepAlive
        self.logger = logger
    }

    /// Returns after `shutdown`.
    func run() {
        while isRunning {
            let watch = waitForNews()
            inbox.take().forEach(obey)
            let now = ContinuousClock.now
            for session in sessions.values {
                let hasNews = watch.hasNews(of: session.id)
                if hasNews || session.patience(now) == .zero { session.service(now: now, hasNews: hasNews) }
                if session.isOver { sessions[session.id] = nil }
            }
        }
        sessions.values.forEach { $0.end(because: SSHFault.shutDown(stage: .tunnel)) }
        sessions = [:]
        inbox.closeForGood().forEach(refuse)
        ended.forEach { $0.settle(.success(())) }
    }

    private func waitForNews() -> PollWatch {
        var watch = PollWatch(wakeUp: inbox.wakeUp)
        let now = ContinuousClock.now
        var patience = Duration.seconds(60)
        for session in sessions.values {
            session.enlist(in: &watch)
            patience = min(patience, session.patience(now))
        }
        watch.wait(patience)
        return watch
    }

    private func obey(_ command: ReactorCommand) {
        switch command {
        case .open(let handshake): start(handshake)
        case .forward(let request):
            guard let session = sessions[request.tunnel] else { return refuse(command) }
            session.forward(request)
        case .closeForwarding(let tunnel, let id): sessions[tunnel]?.closeForwarding(id)
        case .closeTunnel(let id):
            sessions.removeValue(forKey: id)?.end(because: SSHFault.lost(stage: .tunnel, detail: "closed by us"))
        case .shutdown(let reply):
            isRunning = false
            ended.append(reply)
        }
    }

    private func start(_ handshake: Handshake) {
        guard !handshake.reply.isSettled else {
            close(handshake.socket)
            return
        }
        do throws(VisitError) {
            sessions[handshake.id] = try BastionSession(
                handshake, inbox: inbox, keepAlive: keepAlive, logger: logger)
        } catch {
            handshake.reply.settle(.failure(error))
        }
    }

    private func refuse(_ command: ReactorCommand) {
        switch command {
        case .open(let handshake):
            close(handshake.socket)
            handshake.reply.settle(.failure(SSHFault.shutDown(stage: .sshConnect)))
        case .forward(let request):
            request.reply.settle(.failure(SSHFault.lost(stage: .tunnel, detail: "tunnel closed")))
        case .shutdown(let reply): ended.append(reply)
        case .closeForwarding, .closeTunnel: break
        }
    }
}

/// One call of `poll`: who watches which descriptors, and who has news.
struct PollWatch {
    private var entries: [pollfd]
    /// The owner of the entry at the same index; `nil`: the inbox.
    private var owners: [TunnelID?] = [nil]
    private var fresh: Set<TunnelID> = []

    init(wakeUp: Int32) {
        entries = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)]
    }

    mutating func add(_ descriptor: Int32, _ events: Int32, for owner: TunnelID) {
        entries.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
        owners.append(owner)
    }

    /// Returns when something happened or the patience is over; a signal counts as the latter.
    mutating func wait(_ patience: Duration) {
        guard poll(&entries, nfds_t(entries.count), patience.roundedUpMilliseconds) > 0 else { return }
        for (entry, owner) in zip(entries, owners) where entry.revents != 0 {
            if let owner { fresh.insert(owner) }
        }
    }

    func hasNews(of tunnel: TunnelID) -> Bool { fresh.contains(tunnel) }
}
