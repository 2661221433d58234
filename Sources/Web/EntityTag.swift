import Foundation
import Hummingbird

/// Comparing entity tags as RFC 9110 says for `If-None-Match`.
///
/// The compressed form of a body is another thing to a cache and has a tag of its own, but who has either form has the
/// body: so either tag stands for it when a client asks whether something changed.
enum EntityTag {
    private static let gzipEnd = "-gzip\""

    /// The tag of the compressed form of what has the tag `etag`.
    static func ofGzip(_ etag: String) -> String { etag.dropLast() + gzipEnd }

    /// The tag by which `header` (a list, or `*`) names what has the tag `etag`, weak or strong, in either form; `nil`
    /// if it does not. A form that the client has goes before one that it has not: it looks for it by that tag.
    static func known(_ header: String, _ etag: String) -> String? {
        let wanted = uncompressed(etag[...])
        let named = header.split(separator: ",").compactMap { item -> String? in
            let item = opaque(item)
            if item == "*" { return etag }
            return uncompressed(item) == wanted ? String(item) : nil
        }
        return named.contains(etag) ? etag : named.first
    }

    /// What a tag says between its quotes, weak or strong, in either form; text without quotes is taken as it is.
    static func content(of tag: String) -> String {
        let tag = uncompressed(opaque(tag[...]))
        guard tag.count > 1, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return tag }
        return String(tag.dropFirst().dropLast())
    }

    /// The tag of what has this one as its compressed form, or the same tag.
    private static func uncompressed(_ tag: Substring) -> String {
        tag.hasSuffix(gzipEnd) ? tag.dropLast(gzipEnd.count) + "\"" : String(tag)
    }

    private static func opaque(_ item: Substring) -> Substring {
        let tag = item.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
        return tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
    }
}
