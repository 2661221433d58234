import CSSH
import Domain
import Glibc

/// One forwarded connection: a channel to the database at one end, a local socket at the other. Reactor's thread only.
///
/// Bounded both ways: 64 kB towards the database, and towards the client at most two of libssh's windows (1.3 MB
/// each), because nothing more is read from either side before the other has taken what was read.
final class Forwarding {
    private enum Phase {
        case opening
        /// Nobody waits any more, but the server's answer must come before the channel can be closed.
        case abandoned
        case listening(LoopbackListener)
        case attached(Int32)
        case over
    }

    private static let uploadCapacity = 64 << 10

    private let request: ForwardRequest
    private let channel: ssh_channel
    private let session: SSHSession
    private var phase = Phase.opening
    private var toDatabase = ByteQueue()
    private var toClient = ByteQueue()
    private var clientIsDone = false
    private var databaseIsDone = false
    /// Whether the client spoke last.
    private(set) var awaitsAnswer = false

    init(_ request: ForwardRequest, channel: ssh_channel, session: SSHSession) {
        self.request = request
        self.channel = channel
        self.session = session
    }

    var isOver: Bool {
        if case .over = phase { true } else { false }
    }

    /// Whether something is under way that `poll` might not see.
    var isBusy: Bool {
        switch phase {
        case .opening, .abandoned: true
        case .listening, .over: false
        case .attached: !toDatabase.isEmpty || !toClient.isEmpty
        }
    }

    /// When `pump` must be called even if nothing happens.
    var deadline: ContinuousClock.Instant? {
        switch phase {
        case .opening, .listening: request.deadline.instant
        case .abandoned, .attached, .over: nil
        }
    }

    /// What to poll for on the local side. A socket without interest is left out, for `poll` would report its end
    /// over and over.
    var interest: (descriptor: Int32, events: Int32)? {
        switch phase {
        case .listening(let listener): return (listener.socket, POLLIN)
        case .attached(let socket):
            let events = (wantsUpload ? POLLIN : 0) | (toClient.isEmpty ? 0 : POLLOUT)
            return events == 0 ? nil : (socket, events)
        case .opening, .abandoned, .over: return nil
        }
    }

    /// Moves what can be moved.
    func pump(_ now: ContinuousClock.Instant) {
        switch phase {
        case .opening, .abandoned: awaitChannel(now)
        case .listening(let listener): awaitClient(listener, now)
        case .attached(let socket): relay(socket)
        case .over: break
        }
    }

    /// Closes as soon as the protocol allows.
    func abandon() {
        if case .opening = phase {
            phase = .abandoned
        } else if case .abandoned = phase {
            return
        } else {
            close()
        }
    }

    /// Closes now; whoever waits gets this answer.
    func end(because fault: VisitError) {
        request.reply.settle(.failure(fault))
        close()
    }

    private func awaitChannel(_ now: ContinuousClock.Instant) {
        // The originator is for the server's log only; OpenSSH's own client gives these for `-W`.
        switch ssh_channel_open_forward(channel, request.host, Int32(request.port), "127.0.0.1", 65535) {
        case SSH_AGAIN:
            guard now >= request.deadline.instant else { return }
            request.reply.settle(.failure(SSHFault.timeout(request.deadline, stage: .tunnel, blaming: .database)))
            phase = .abandoned
        case SSH_OK: listen()
        default:
            end(
                because: session.isLost
                    ? SSHFault.lost(stage: .tunnel, detail: session.errorText)
                    : SSHFault.refusedForwarding(to: request.host, port: request.port, detail: session.errorText))
        }
    }

    private func listen() {
        if case .abandoned = phase { return close() }
        do throws(SocketFailure) {
            let listener = try LoopbackListener()
            phase = .listening(listener)
            if !request.reply.settle(.success(listener.port)) { close() }
        } catch {
            end(because: SSHFault.local("listen", error: error.error, stage: .tunnel))
        }
    }

    private func awaitClient(_ listener: LoopbackListener, _ now: ContinuousClock.Instant) {
        do throws(SocketFailure) {
            if let socket = try listener.acceptOwn() {
                listener.close()
                phase = .attached(socket)
                relay(socket)
            } else if now >= request.deadline.instant {
                close()
            }
        } catch {
            // The client would stay in the queue, and `poll` would tell of it without end.
            close()
        }
    }

    private func relay(_ socket: Int32) {
        let isSound = upload(from: socket) && download(to: socket)
        let isDone = (clientIsDone && toDatabase.isEmpty) || (databaseIsDone && toClient.isEmpty)
        // A session that broke meanwhile says so first, then closes all that it carried.
        if !isSound || isDone, !session.isLost { close() }
    }

    private var wantsUpload: Bool { toDatabase.isEmpty && !clientIsDone }

    /// False: one of the two is broken.
    private func upload(from socket: Int32) -> Bool {
        if wantsUpload {
            let count = toDatabase.fill(Self.uploadCapacity) { recv(socket, $0.baseAddress, $0.count, 0) }
            if count == 0 { clientIsDone = true }
            if count < 0, !isTransient(errno) { return false }
        }
        let window = Int(ssh_channel_window_size(channel))
        // libssh would take all of it and buffer without bound.
        guard !toDatabase.isEmpty, window > 0, !session.hasUnsent else { return true }
        awaitsAnswer = true
        return toDatabase.drain { bytes in
            Int(ssh_channel_write(channel, bytes.baseAddress, UInt32(min(bytes.count, window))))
        } >= 0
    }

    /// False: one of the two is broken.
    private func download(to socket: Int32) -> Bool {
        if toClient.isEmpty, !databaseIsDone, !receive() { return false }
        guard !toClient.isEmpty else { return true }
        awaitsAnswer = false
        let count = toClient.drain { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        return count >= 0 || isTransient(errno)
    }

    /// Takes all that libssh holds at once: it grants the server a new window at each read, whatever is left.
    private func receive() -> Bool {
        let available = ssh_channel_poll(channel, 0)
        if available == SSH_EOF { databaseIsDone = true }
        guard available > 0 else { return available == 0 || available == SSH_EOF }
        let count = toClient.fill(Int(available)) {
            Int(ssh_channel_read_nonblocking(channel, $0.baseAddress, UInt32($0.count), 0))
        }
        return count >= 0 || count == Int(SSH_AGAIN)
    }

    private func isTransient(_ error: Int32) -> Bool { error == EAGAIN || error == EINTR }

    private func close() {
        switch phase {
        case .over: return
        case .listening(let listener): listener.close()
        case .attached(let socket): Glibc.close(socket)
        case .opening, .abandoned: break
        }
        phase = .over
        // Of a channel that it refused, sshd knows nothing, and it hangs up on a client that closes such a one. When
        // the socket is full, `ssh_channel_close` stops after the end-of-file; freeing sends what is missing.
        if ssh_channel_is_open(channel) != 0 { ssh_channel_close(channel) }
        ssh_channel_free(channel)
    }
}
