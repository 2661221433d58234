import Foundation
import Hummingbird

/// Comparing entity tags as RFC 9110 says for `If-None-Match`.
enum EntityTag {
    /// Whether `header` (a list, or `*`) names `etag`, weak or strong.
    static func matches(_ header: String, _ etag: String) -> Bool {
        let wanted = opaque(etag[...])
        return header.split(separator: ",").contains { item in
            let item = item.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
            return item == "*" || opaque(item) == wanted
        }
    }

    private static func opaque(_ tag: Substring) -> Substring {
        tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
    }
}
