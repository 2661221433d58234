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
    /// Compressed if the client takes that, once for all who ask.
    static func polled(_ answer: EncodedJSON, for call: Call) throws -> Response {
        try polled(answer.body, etag: answer.etag, for: call.request, gzipped: answer.gzipped)
    }

    /// The same for a body without a version of its own.
    static func polled(for call: Call, _ write: (inout JSONWriter) -> Void) throws -> Response {
        var writer = JSONWriter()
        write(&writer)
        let body = writer.buffer
        let digest = SHA256.hash(data: body.readableBytesView)
        let etag = "\"\(Data(digest.prefix(16)).base64EncodedString())\""
        return try polled(body, etag: etag, for: call.request, gzipped: body.gzipped)
    }

    /// What is smaller fits in one packet anyway.
    private static let leastToCompress = 1_400

    private static func polled(
        _ body: ByteBuffer, etag: String, for request: Request, gzipped: () throws -> ByteBuffer
    ) throws -> Response {
        var headers: HTTPFields = [
            .contentType: "application/json", .cacheControl: "no-cache", .vary: "Accept-Encoding", .eTag: etag,
        ]
        guard body.readableBytes >= leastToCompress, Encodings(request.headers[.acceptEncoding]).allowGzip else {
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
        }
        headers[.eTag] = EntityTag.ofGzip(etag)
        headers[.contentEncoding] = "gzip"
        // First, because what the client has need not be compressed again.
        if let unchanged = unchanged(headers, for: request) { return unchanged }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: try gzipped()))
    }

    /// This answer as the request's method and conditions want it: a 304 for a version the client has, no body for `HEAD`.
    func suited(to request: Request) -> Response {
        guard request.method == .get || request.method == .head, status != .notModified else { return self }
        if status == .ok, let unchanged = Self.unchanged(headers, for: request) { return unchanged }
        return request.method == .head ? createHeadResponse() : self
    }

    /// 304 if the request names the version that these headers of a 200 have.
    private static func unchanged(_ headers: HTTPFields, for request: Request) -> Response? {
        guard let etag = headers[.eTag], let named = request.headers[.ifNoneMatch],
            let known = EntityTag.known(named, etag)
        else { return nil }
        var headers = headers
        headers[.eTag] = known
        headers[.contentType] = nil
        headers[.contentEncoding] = nil
        headers[.contentLength] = nil
        return Response(status: .notModified, headers: headers).withoutLength()
    }

    /// For statuses that have no body and therefore no length (RFC 9110, 8.6).
    func withoutLength() -> Response {
        var response = self
        response.headers[.contentLength] = nil
        return response
    }
}
