import Foundation
import Synchronization

/// Accepts connections on a free loopback port and gives each to a handler on a thread of its own.
///
/// The connections are closed when the handler returns, or with the listener.
final class LoopbackListener: Sendable {
    let port: Int
    private let state: Mutex<State>

    private struct State {
        var listener: Int32
        var connections: Set<Int32> = []
    }

    init(_ handle: @escaping @Sendable (Connection) -> Void) throws {
        let descriptor = try LoopbackSocket.make()
        guard LoopbackSocket.bind(descriptor, port: 0), listen(descriptor, 128) == 0 else {
            defer { close(descriptor) }
            throw SystemFailure("listen")
        }
        port = LoopbackSocket.port(of: descriptor)
        state = Mutex(State(listener: descriptor))
        Thread.detachNewThread { [weak self] in
            while let self, let connection = self.accept(on: descriptor) {
                Thread.detachNewThread {
                    handle(Connection(descriptor: connection))
                    self.finish(connection)
                }
            }
            close(descriptor)
        }
    }

    /// How many connections are open.
    var connectionCount: Int { state.withLock { $0.connections.count } }

    /// Ends the open connections; goes on listening.
    func cut() {
        state.withLock { $0.connections.forEach { _ = shutdown($0, Int32(SHUT_RDWR)) } }
    }

    func stop() {
        state.withLock { _ = shutdown($0.listener, Int32(SHUT_RDWR)) }
        cut()
    }

    private func accept(on descriptor: Int32) -> Int32? {
        while true {
            let connection = Glibc.accept(descriptor, nil, nil)
            if connection >= 0 {
                state.withLock { _ = $0.connections.insert(connection) }
                return connection
            }
            guard errno == EINTR || errno == ECONNABORTED else { return nil }
        }
    }

    private func finish(_ connection: Int32) {
        state.withLock { state in
            state.connections.remove(connection)
            close(connection)
        }
    }

    /// One accepted connection, used by its handler alone.
    struct Connection: Sendable {
        let descriptor: Int32

        /// Waits for bytes; empty when the other side is done or the connection broke.
        func receive() -> [UInt8] {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return Array(buffer.prefix(max(count, 0)))
        }

        /// Sends all; `false` if the connection broke.
        func send(_ bytes: some Collection<UInt8>) -> Bool {
            var rest = Array(bytes)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        /// Waits until the other side is done.
        func drain() {
            while !receive().isEmpty {}
        }
    }
}
