import Domain
import Glibc
import Synchronization

/// What other threads ask of the reactor.
enum ReactorCommand: Sendable {
    case open(Handshake)
    case forward(ForwardRequest)
    case closeForwarding(tunnel: TunnelID, id: ForwardingID)
    case closeTunnel(TunnelID)
    case shutdown(Reply<Void>)
}

struct TunnelID: Hashable, Sendable { let number: UInt64 }
struct ForwardingID: Hashable, Sendable { let number: UInt64 }

/// One attempt to log in over a connected socket.
struct Handshake: Sendable {
    enum Outcome: Sendable {
        case opened(Tunnel)
        /// The server showed a key that is not the pinned one; nothing was sent to it.
        case otherKey(HostKeyPin)
        /// The server has no key of the types asked for.
        case noCommonKeyType(HandshakeEnd)
    }

    let id: TunnelID
    let login: SSHLogin
    /// Owned by the reactor from here on.
    let socket: Int32
    let hostKeyAlgorithms: String
    let deadline: Deadline
    let progress: @Sendable (ConnectionStage) -> Void
    let reply: Reply<Outcome>
}

/// One connection to be forwarded.
struct ForwardRequest: Sendable {
    let tunnel: TunnelID
    let id: ForwardingID
    let host: String
    let port: Int
    let deadline: Deadline
    /// The loopback port.
    let reply: Reply<Int>
}

/// The queue of commands, with a pipe that wakes the reactor from `poll`.
final class ReactorInbox: Sendable {
    private struct State {
        var commands: [ReactorCommand] = []
        var isClosed = false
    }

    /// To be polled for reading; anything there means that `take` has news.
    let wakeUp: Int32
    private let wakeUpSender: Int32
    private let state = Mutex(State())
    private let lastNumber = Atomic<UInt64>(0)

    init() throws(SocketFailure) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SocketFailure(error: errno) }
        (wakeUp, wakeUpSender) = (ends[0], ends[1])
        guard ends.allSatisfy(makeReactive) else { throw SocketFailure(error: errno) }
    }

    deinit {
        close(wakeUp)
        close(wakeUpSender)
    }

    /// A number that was not given before.
    func nextNumber() -> UInt64 { lastNumber.add(1, ordering: .relaxed).newValue }

    /// False: the reactor has ended and will not see the command.
    func send(_ command: ReactorCommand) -> Bool {
        let isFirst = state.withLock { state -> Bool? in
            guard !state.isClosed else { return nil }
            state.commands.append(command)
            return state.commands.count == 1
        }
        guard let isFirst else { return false }
        if isFirst { ring() }
        return true
    }

    /// All commands since the last time, in order.
    func take() -> [ReactorCommand] {
        var scratch: (UInt64, UInt64) = (0, 0)
        while read(wakeUp, &scratch, MemoryLayout.size(ofValue: scratch)) > 0 {}
        return state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Refuses further commands and returns those that nobody will see.
    func closeForGood() -> [ReactorCommand] {
        state.withLock { state in
            state.isClosed = true
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// A full pipe already rings.
    private func ring() {
        var byte: UInt8 = 1
        while write(wakeUpSender, &byte, 1) < 0, errno == EINTR {}
    }
}
