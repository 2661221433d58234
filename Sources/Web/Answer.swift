import Crypto
import Foundation
import Hummingbird
import NIOCore
import Sync

extension Response {
    /// 200 with a small object; not to be kept by anyone, unless the headers say more.
    static func json(_ members: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter()
        writer.object(members)
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: writer.buffer))
    }

    /// `{"message": …}`.
    static func message(_ text: String) -> Response {
        .json { $0.member("message", text) }
    }

    /// 200 for what clients ask for again and again: it carries its version, so that an unchanged poll is a 304.
    static func polled(_ answer: EncodedJSON) -> Response {
        polled(answer.body, etag: answer.etag)
    }

    /// The same for a body without a version of its own.
    static func polled(_ write: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter()
        write(&writer)
        let body = writer.buffer
        let digest = SHA256.hash(data: body.readableBytesView)
        return polled(body, etag: "\"\(Data(digest.prefix(16)).base64EncodedString())\"")
    }

    private static func polled(_ body: ByteBuffer, etag: String) -> Response {
        let headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-cache", .eTag: etag]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
    }

    /// This answer as the request's method and conditions want it: a 304 for a version the client has, no body for `HEAD`.
    func suited(to request: Request) -> Response {
        guard request.method == .get || request.method == .head else { return self }
        if status == .ok, let etag = headers[.eTag], let known = request.headers[.ifNoneMatch],
            EntityTag.matches(known, etag)
        {
            var unchanged = headers
            unchanged[.contentType] = nil
            unchanged[.contentEncoding] = nil
            unchanged[.contentLength] = nil
            return Response(status: .notModified, headers: unchanged).withoutLength()
        }
        return request.method == .head ? createHeadResponse() : self
    }

    /// For statuses that have no body and therefore no length (RFC 9110, 8.6).
    func withoutLength() -> Response {
        var response = self
        response.headers[.contentLength] = nil
        return response
    }
}
