import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Sync

/// The event stream: the live picture as it changes.
struct StreamRoutes: Sendable {
    let picture: LivePicture
    let authenticator: Authenticator
    let seats: StreamSeats
    let pace: StreamPace

    /// Answers at once, and goes on until either side ends. `HEAD` takes no seat.
    func open(_ call: Call, _ session: Session) throws -> Response {
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .xAccelBuffering: "no",
        ]
        // With the length of no body: without a length this HTTP library ends even a HEAD with an empty chunk.
        guard call.request.method != .head else { return Response(status: .ok, headers: headers) }
        let seat = try seats.take(by: session.user.id)
        let stream = EventStream(
            picture: picture, pace: pace, client: call.presence, isSignedIn: { authenticator.isGood(session) })
        return Response(
            status: .ok, headers: headers,
            body: .init { writer in
                let end = await stream.run(over: &writer)
                withExtendedLifetime(seat) { log(end, call, session) }
            })
    }

    private func log(_ end: EventStream.End, _ call: Call, _ session: Session) {
        call.logger.log(
            level: end == .tooSlow ? .info : .debug, "stream ended",
            metadata: ["reason": "\(end.rawValue)", "user": "\(session.user.username)"])
    }
}

extension HTTPField.Name {
    // A valid name, so this cannot fail. Proxies like nginx pass the events on at once then.
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
