import Foundation

/// Accepts connections and never says anything: what a dead machine behind a firewall looks like.
package final class BlackHole: Sendable {
    private let listener: LoopbackListener
    package var port: Int { listener.port }
    /// How many connections are open to it.
    package var connectionCount: Int { listener.connectionCount }

    package init() throws {
        listener = try LoopbackListener { $0.drain() }
    }

    deinit { listener.stop() }
}

/// Says something and hangs up at once: another protocol, or a server cut in the middle of its greeting.
package final class CutServer: Sendable {
    private let listener: LoopbackListener
    package var port: Int { listener.port }

    package init(says greeting: String) throws {
        listener = try LoopbackListener { _ = $0.send(greeting.utf8) }
    }

    deinit { listener.stop() }
}

/// Says something and then stays, reading and silent: a server of another protocol that waits for its client.
package final class ForeignServer: Sendable {
    private let listener: LoopbackListener
    package var port: Int { listener.port }

    package init(says greeting: String) throws {
        listener = try LoopbackListener { connection in
            if connection.send(greeting.utf8) { connection.drain() }
        }
    }

    deinit { listener.stop() }
}

/// A port that refuses connections, and that nobody else gets while this exists.
package final class RefusedPort: Sendable {
    private let descriptor: Int32
    package let port: Int

    package init() throws {
        descriptor = try LoopbackSocket.make()
        guard LoopbackSocket.bind(descriptor, port: 0) else { throw SystemFailure("bind") }
        port = LoopbackSocket.port(of: descriptor)
    }

    deinit { close(descriptor) }
}
