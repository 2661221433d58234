import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle
import Sync
import Synchronization

/// How often listeners are told, and how long they may take.
package struct StreamPace: Sendable {
    /// Between two looks at the picture: what changes meanwhile is told together.
    package var pulse: Duration = .milliseconds(250)
    /// After so long without an event comes a comment, so that no proxy, nor our own idle time-out, ends the stream.
    package var heartbeat: Duration = .seconds(15)
    /// How long a client may let a piece of the stream lie.
    package var patience: Duration = .seconds(10)

    package init() {}
}

/// One listener: server-sent events (HTML, "Server-sent events") from the whole picture on, or from a place that it
/// already has.
///
/// It holds its place in the changes and what it is about to write, never a queue: a client that reads slowly is told
/// less often, and one that does not read is cut off. So memory and the writing of others do not depend on it.
struct EventStream: Sendable {
    enum End: String {
        case clientLeft = "the client left"
        case signedOut = "the session is over"
        case stopping = "the server stops"
        /// It missed something that is not known any more; it gets the whole when it comes back.
        case tooFarBehind = "the client was too far behind"
        case tooSlow = "the client did not read"
    }

    let picture: LivePicture
    /// From where the listener goes on; `nil`: it needs the whole.
    let start: Int?
    let pace: StreamPace
    let client: ClientPresence
    let isSignedIn: @Sendable () -> Bool
    private let writing = PendingWrite()

    init(
        picture: LivePicture, start: Int?, pace: StreamPace, client: ClientPresence,
        isSignedIn: @escaping @Sendable () -> Bool
    ) {
        self.picture = picture
        self.start = start
        self.pace = pace
        self.client = client
        self.isSignedIn = isSignedIn
    }

    /// Tells until one side ends.
    func run(over writer: inout any ResponseBodyWriter) async -> End {
        client.onDeparture { [writing] in writing.noteDeparture() }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch() }
            defer { group.cancelAll() }
            do {
                let end = try await tell(&writer)
                try await send(nil, over: &writer)
                return end
            } catch {
                return reasonToEnd ?? (writing.wasGivenUp ? .tooSlow : .clientLeft)
            }
        }
    }

    private var reasonToEnd: End? {
        if writing.hasDeparted { return .clientLeft }
        if Task.isShuttingDownGracefully { return .stopping }
        return isSignedIn() ? nil : .signedOut
    }
}

extension EventStream {
    private static let pieceSize = 32 << 10

    private func tell(_ writer: inout any ResponseBodyWriter) async throws -> End {
        try await send(ByteBuffer(string: "retry: 2000\n\n"), over: &writer)
        var lastSent = ContinuousClock.now
        var next = start.map(picture.continuation) ?? picture.changes(since: nil)
        while true {
            if let end = reasonToEnd { return end }
            guard let changes = next else { return .tooFarBehind }
            if !changes.events.isEmpty || lastSent.duration(to: .now) >= pace.heartbeat {
                if let end = try await send(changes, over: &writer) { return end }
                lastSent = .now
            }
            try await Task.sleep(for: pace.pulse)
            next = picture.changes(since: changes.place)
        }
    }

    /// Sends events in pieces, or a comment if there are none. Returns why it did not go on to the last.
    ///
    /// Only the last has the place's id: who hears less than all of them has not come so far.
    private func send(
        _ changes: PictureChanges, over writer: inout any ResponseBodyWriter
    ) async throws -> End? {
        var piece = ByteBuffer()
        if changes.events.isEmpty { piece.writeStaticString(":\n\n") }
        for (index, event) in changes.events.enumerated() {
            piece.write(event, id: index == changes.events.count - 1 ? changes.id : nil)
            guard piece.readableBytes >= Self.pieceSize else { continue }
            try await send(piece, over: &writer)
            if let end = reasonToEnd { return end }
            piece.clear()
        }
        if piece.readableBytes > 0 { try await send(piece, over: &writer) }
        return nil
    }

    /// Writes a piece, or with `nil` the end.
    private func send(
        _ piece: ByteBuffer?, over writer: inout any ResponseBodyWriter
    ) async throws {
        writing.begin()
        defer { writing.end() }
        if let piece { try await writer.write(piece) } else { try await writer.finish(nil) }
    }

    /// Hangs up when a write is not taken in time; when the stream is to end anyway, after one pulse.
    private func watch() async {
        while !Task.isCancelled {
            let patience = reasonToEnd == nil ? pace.patience : pace.pulse
            if writing.giveUp(after: patience) { return client.hangUp() }
            do { try await Task.sleep(for: pace.pulse) } catch { return }
        }
    }
}

/// Since when a write waits for its client, and what became of the client.
private final class PendingWrite: Sendable {
    private struct State {
        var since: ContinuousClock.Instant?
        var wasGivenUp = false
        var hasDeparted = false
    }

    private let state = Mutex(State())

    var wasGivenUp: Bool { state.withLock { $0.wasGivenUp } }
    var hasDeparted: Bool { state.withLock { $0.hasDeparted } }

    /// Not once it was we who hung up.
    func noteDeparture() { state.withLock { $0.hasDeparted = !$0.wasGivenUp } }
    func begin() { state.withLock { $0.since = .now } }
    func end() { state.withLock { $0.since = nil } }

    /// Whether a write has waited for so long; nobody waits for it any more then.
    func giveUp(after patience: Duration) -> Bool {
        state.withLock { state in
            guard let since = state.since, since.duration(to: .now) > patience else { return false }
            state.wasGivenUp = true
            return true
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func write(_ event: PictureEvent, id: String?) {
        writeString("event: \(event.kind.rawValue)\ndata: ")
        writeImmutableBuffer(event.json)
        if let id { writeString("\nid: \(id)") }
        writeStaticString("\n\n")
    }
}
