import Glibc
import Synchronization

/// A socket that any thread may cut off while its owner is blocked on it.
///
/// It holds a descriptor of its own for the same socket: the client library may close its one at any time, and the
/// number could be somebody else's by then.
final class SocketCut: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var isCut = false
    }

    private let state = Mutex(State())

    /// Takes a second descriptor of a client's socket; cuts it at once if that was asked for before.
    ///
    /// True if it takes the place of another socket: some clients begin anew by themselves.
    @discardableResult
    func adopt(_ descriptor: Int32) -> Bool {
        state.withLock { state in
            guard descriptor >= 0, !isSame(descriptor, state.descriptor) else { return false }
            let isReplaced = state.descriptor >= 0
            if isReplaced { close(state.descriptor) }
            state.descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            if state.isCut { Glibc.shutdown(state.descriptor, Int32(SHUT_RDWR)) }
            return isReplaced
        }
    }

    /// Ends every wait on the socket, now and later.
    func cut() {
        state.withLock { state in
            state.isCut = true
            if state.descriptor >= 0 { Glibc.shutdown(state.descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// False once it was cut, or when the server hung up or spoke without being asked, which it does to say so.
    var isQuiet: Bool {
        state.withLock { state in
            guard !state.isCut, state.descriptor >= 0 else { return false }
            var poll = pollfd(fd: state.descriptor, events: Int16(POLLIN), revents: 0)
            return Glibc.poll(&poll, 1, 0) == 0
        }
    }

    deinit {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
        }
    }
}

/// Whether two descriptors stand for one socket.
private func isSame(_ one: Int32, _ other: Int32) -> Bool {
    var (first, second) = (stat(), stat())
    return fstat(one, &first) == 0 && fstat(other, &second) == 0 && first.st_ino == second.st_ino
}
