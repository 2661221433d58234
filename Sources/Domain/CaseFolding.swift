import Foundation

extension String {
    /// The key under which names that differ in case alone are one: `Straße`, `STRASSE`; `ΣΑΣ`, `σας`.
    ///
    /// Upper case first: it is what unites `ß` with `ss` and the two small sigmas.
    package var caseFolded: String {
        uppercased().lowercased().precomposedStringWithCanonicalMapping
    }
}
