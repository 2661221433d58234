import NIOCore

/// The client of one request, as long as it is there.
///
/// Hummingbird goes on with a handler whose client has hung up. (What it offers against that,
/// `consumeWithInboundCloseHandler`, ends the process if the work is done before the body was read to its end, and
/// costs the connection.) A client that closes only its sending half has left, too.
struct ClientPresence: Sendable {
    private let channel: any Channel

    init(on channel: any Channel) {
        self.channel = channel
    }

    /// Calls `leave` from any thread when the client has left, at once if it already has. It may also be called after
    /// the request was answered. The last call of a request counts.
    func onDeparture(_ leave: @escaping @Sendable () -> Void) {
        channel.triggerUserOutboundEvent(DepartureWatch.Begin(leave: leave), promise: nil)
    }

    /// Closes the connection at once, whatever is still to be written; a write under way fails.
    func hangUp() {
        channel.close(promise: nil)
    }

    /// Runs `work`; when the client leaves first, its task is cancelled.
    ///
    /// Throws what `work` throws, `RequestIntake.Broken` after a departure; both only when `work` has ended.
    func whileClientStays<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (presence, departure) = AsyncStream.makeStream(of: Never.self)
        onDeparture { departure.finish() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in presence {}
                return nil
            }
            defer { group.cancelAll() }
            if let value = try await group.next() ?? nil { return value }
            try Task.checkCancellation()
            throw RequestIntake.Broken(cause: CancellationError())
        }
    }
}

/// Notices on a connection that its client has left. On its event loop only, one request at a time.
final class DepartureWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    /// Sent down the connection by whoever wants to know.
    struct Begin: Sendable {
        let leave: @Sendable () -> Void
    }

    private var hasLeft = false
    private var leave: (@Sendable () -> Void)?

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let begin = event as? Begin else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if hasLeft { begin.leave() } else { leave = begin.leave }
        promise?.succeed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { noteDeparture() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        noteDeparture()
        context.fireChannelInactive()
    }

    private func noteDeparture() {
        hasLeft = true
        leave?()
        leave = nil
    }
}
