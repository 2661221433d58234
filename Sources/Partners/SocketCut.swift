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
    func adopt(_ descriptor: Int32) {
        state.withLock { state in
            guard state.descriptor < 0 else { return }
            state.descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            if state.isCut { Glibc.shutdown(state.descriptor, Int32(SHUT_RDWR)) }
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
