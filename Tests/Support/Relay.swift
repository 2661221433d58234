import Foundation
import Synchronization

/// A TCP relay to a loopback port that counts what passes and can hurt it: cut it, or hold it back.
package final class Relay: Sendable {
    /// What has passed, over all connections.
    package struct Traffic: Sendable, Equatable {
        package var connections = 0
        package var bytesToServer = 0
        package var bytesToClient = 0
        /// How often the client spoke first or after the server had: the round trips it made, on one connection.
        package var turns = 0
    }

    private let listener: LoopbackListener
    private let gate: Gate
    package var port: Int { listener.port }
    package var traffic: Traffic { gate.state.withLock { $0.traffic } }
    /// What clients have said, if it is recorded.
    package var words: [UInt8] { gate.state.withLock { $0.words } }

    /// Relays to a port of 127.0.0.1.
    package init(to target: Int, isRecording: Bool = false) throws {
        let gate = Gate(isRecording: isRecording)
        self.gate = gate
        listener = try LoopbackListener { client in gate.serve(client, target: target) }
    }

    deinit {
        gate.thaw()
        listener.stop()
    }

    /// Ends every open connection, now.
    package func cut() { listener.cut() }

    /// Ends the connection once `count` more bytes have gone to the client.
    package func cut(afterBytesToClient count: Int) {
        gate.state.withLock { $0.allowance = count }
    }

    /// Lets everything pass again.
    package func heal() {
        gate.state.withLock { $0.allowance = nil }
        gate.thaw()
    }

    /// Holds every byte back, in both directions, without closing anything: a half-open connection.
    package func freeze() {
        gate.state.withLock { $0.isFrozen = true }
    }

    /// Starts counting anew.
    package func resetTraffic() {
        gate.state.withLock {
            $0.traffic = Traffic()
            $0.words = []
        }
    }
}

/// What all connections of a relay pass through.
private final class Gate: Sendable {
    struct State {
        var traffic = Relay.Traffic()
        var words: [UInt8] = []
        var clientSpokeLast = false
        /// Bytes to the client that may still pass; `nil`: any number.
        var allowance: Int?
        var isFrozen = false
    }

    let state = Mutex(State())
    private let isRecording: Bool
    private let thawed = NSCondition()

    init(isRecording: Bool) {
        self.isRecording = isRecording
    }

    func serve(_ client: LoopbackListener.Connection, target: Int) {
        guard let descriptor = try? LoopbackSocket.connect(to: target) else { return }
        let server = LoopbackListener.Connection(descriptor: descriptor)
        state.withLock { $0.traffic.connections += 1 }
        let upwards = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            self.pump(from: client, to: server) { state, bytes in
                if self.isRecording { state.words += bytes }
                return state.noteToServer(bytes.count)
            }
            upwards.signal()
        }
        pump(from: server, to: client) { $0.noteToClient($1.count) }
        upwards.wait()
        close(descriptor)
    }

    func thaw() {
        thawed.lock()
        state.withLock { $0.isFrozen = false }
        thawed.broadcast()
        thawed.unlock()
    }

    /// Returns when either side is done; the other direction then ends as well.
    private func pump(
        from source: LoopbackListener.Connection, to sink: LoopbackListener.Connection,
        note: (inout State, [UInt8]) -> Int
    ) {
        while true {
            let bytes = source.receive()
            waitWhileFrozen()
            let allowed = state.withLock { note(&$0, bytes) }
            guard !bytes.isEmpty, sink.send(bytes.prefix(allowed)), allowed == bytes.count else { break }
        }
        shutdown(source.descriptor, Int32(SHUT_RDWR))
        shutdown(sink.descriptor, Int32(SHUT_RDWR))
    }

    private func waitWhileFrozen() {
        thawed.lock()
        while state.withLock({ $0.isFrozen }) { thawed.wait() }
        thawed.unlock()
    }
}

extension Gate.State {
    /// Returns how many of the bytes may pass.
    mutating func noteToServer(_ count: Int) -> Int {
        guard count > 0 else { return 0 }
        traffic.bytesToServer += count
        if !clientSpokeLast { traffic.turns += 1 }
        clientSpokeLast = true
        return count
    }

    /// Returns how many of the bytes may pass.
    mutating func noteToClient(_ count: Int) -> Int {
        let allowed = min(count, allowance ?? count)
        if allowance != nil { allowance = (allowance ?? 0) - allowed }
        traffic.bytesToClient += allowed
        if count > 0 { clientSpokeLast = false }
        return allowed
    }
}
