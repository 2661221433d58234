import Glibc

/// Connects to several addresses with a head start for the first (the gist of RFC 8305); blocks its thread.
struct DialRace {
    struct Failure: Error {
        /// `nil`: the deadline passed.
        var error: Int32?
        var address: SocketAddress?
    }

    /// RFC 8305, "Connection Attempt Delay". Also how soon an abandoned race is noticed.
    private static let headStart = Duration.milliseconds(250)

    private var waiting: ArraySlice<SocketAddress>
    private let deadline: Deadline
    private var running: [(socket: Int32, address: SocketAddress)] = []
    private var failure = Failure(error: EHOSTUNREACH)

    init(addresses: [SocketAddress], deadline: Deadline) {
        self.waiting = addresses[...]
        self.deadline = deadline
    }

    /// The first socket that connects; all others are closed. Gives up soon after `isAbandoned` turns true.
    mutating func run(isAbandoned: () -> Bool) -> Result<Int32, Failure> {
        defer { running.forEach { close($0.socket) } }
        while !deadline.isPassed, !isAbandoned() {
            startNext()
            if running.isEmpty, waiting.isEmpty { return .failure(failure) }
            if let winner = awaitOne() { return .success(winner) }
        }
        return .failure(Failure())
    }

    private mutating func startNext() {
        while let address = waiting.popFirst() {
            switch address.startConnecting() {
            case .success(let socket):
                running.append((socket, address))
                return
            case .failure(let cause): failure = Failure(error: cause.error, address: address)
            }
        }
    }

    private mutating func awaitOne() -> Int32? {
        var polled = running.map { pollfd(fd: $0.socket, events: Int16(POLLOUT), revents: 0) }
        let patience = min(Self.headStart, deadline.remaining).roundedUpMilliseconds
        guard poll(&polled, nfds_t(polled.count), patience) > 0 else { return nil }
        for entry in polled where entry.revents != 0 {
            guard let index = running.firstIndex(where: { $0.socket == entry.fd }) else { continue }
            let (socket, address) = running.remove(at: index)
            let error = pendingError(of: socket)
            if error == 0 { return socket }
            close(socket)
            failure = Failure(error: error, address: address)
        }
        return nil
    }

    private func pendingError(of socket: Int32) -> Int32 {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno
    }
}
