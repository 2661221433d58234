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
    ///
    /// `Last-Event-ID` names an event of ours or is the tag of the list of partners: then the stream goes on from there
    /// and says so by the same header. Else it begins with the whole.
    func open(_ call: Call, _ session: Session) throws -> Response {
        var headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .xAccelBuffering: "no",
        ]
        let id = call.request.headers[.lastEventID].map(EntityTag.content)
        let place = id.flatMap(picture.place)
        if place != nil { headers[.lastEventID] = id }
        // With the length of no body: without a length this HTTP library ends even a HEAD with an empty chunk.
        guard call.request.method != .head else { return Response(status: .ok, headers: headers) }
        let seat = try seats.take(by: session.user.id)
        let stream = EventStream(
            picture: picture, start: place, pace: pace, client: call.presence,
            isSignedIn: { authenticator.isGood(session) })
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
    // The literals are valid names, so none of these can fail. Proxies like nginx pass the events on at once with this:
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
}
