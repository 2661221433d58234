import HTTPTypes
import Hummingbird

extension Response {
    /// A file, compressed if the client takes that.
    static func asset(_ asset: Asset, for request: Request, caching: String) -> Response {
        let gzipped = Encodings(request.headers[.acceptEncoding]).allowGzip ? asset.gzipped : nil
        let etag = "\"\(asset.digest)\""
        var headers: HTTPFields = [
            .contentType: asset.contentType, .cacheControl: caching, .vary: "Accept-Encoding",
            .eTag: gzipped == nil ? etag : EntityTag.ofGzip(etag),
        ]
        if gzipped != nil { headers[.contentEncoding] = "gzip" }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: gzipped ?? asset.body))
    }
}

/// The header `Accept-Encoding`, as far as it concerns gzip.
struct Encodings {
    let allowGzip: Bool

    /// gzip must be named, or meant by `*`, and not be refused with `q=0`.
    init(_ header: String?) {
        let offers = (header ?? "").lowercased().split(separator: ",").map { offer in
            offer.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
        }
        let offer = offers.first { $0.first == "gzip" } ?? offers.first { $0.first == "*" }
        guard let offer else {
            allowGzip = false
            return
        }
        let weight = offer.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
        allowGzip = weight.map { (Double($0) ?? 0) > 0 } ?? true
    }
}
