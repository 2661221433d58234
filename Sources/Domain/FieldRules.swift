import Foundation

/// What single values must satisfy. Every rule answers `nil`, or the end of a sentence that starts with the field.
package enum FieldRules {
    /// TCP ports.
    package static let ports = 1...65_535
    /// Concurrent calls of a partner.
    package static let concurrencyLimits = 1...1_000
    /// The longest reason, in Unicode scalars.
    package static let reasonLength = 500

    /// 1–100 characters, none of them a control character; spaces around it do not count and are not kept.
    package static func partnerName(_ text: String) -> String? {
        line(text.trimmingCharacters(in: .whitespaces), longest: 100)
    }

    /// 1–255 characters without spaces or control characters; whether it resolves is found out by the test.
    package static func hostName(_ text: String) -> String? {
        if let fault = line(text, longest: 255) { return fault }
        return text.unicodeScalars.contains(where: \.properties.isWhitespace) ? "must not contain spaces" : nil
    }

    /// A database's or a user's name: 1–255 characters, none of them a control character.
    package static func serverSideName(_ text: String) -> String? {
        line(text, longest: 255)
    }

    /// A plain file name inside the partners' directory.
    package static func sqliteFileName(_ text: String) -> String? {
        if let fault = line(text, longest: 255) { return fault }
        // By scalars: a combining mark behind a separator makes it another character, but not another byte.
        let scalars = text.unicodeScalars
        let isPlain = !scalars.contains { $0 == "/" || $0 == "\\" } && scalars.first != "."
        return isPlain ? nil : "must be a file name without separators that does not begin with a dot"
    }

    /// Why a limit was changed: up to 500 characters.
    package static func reason(_ text: String) -> String? {
        text.unicodeScalars.count <= reasonLength ? nil : "must be at most \(reasonLength) characters long"
    }

    /// `SHA256:…`, optionally after its type.
    package static func hostKeyFingerprint(_ text: String) -> String? {
        HostKeyPin(text) == nil ? "must look like SHA256:… or ssh-ed25519 SHA256:…, as ssh-keygen -l prints it" : nil
    }

    /// A name of the IANA database: one with an area, such as `America/New_York`, or `UTC`.
    ///
    /// Foundation's list of known names lacks some in daily use (`Asia/Kolkata`), and what it opens beyond that
    /// list includes ambiguous abbreviations (`IST`) and plain offsets (`UTC+3`).
    package static func timeZone(_ name: String) -> String? {
        (name == "UTC" || name.contains("/")) && TimeZone(identifier: name) != nil
            ? nil : "must be an IANA time zone name such as America/New_York"
    }

    /// 1–100 letters, digits and `. _ - @ +`.
    package static func username(_ text: String) -> String? {
        if let fault = line(text, longest: 100) { return fault }
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789._-@+".unicodeScalars.contains($0)
        }
        return isPlain ? nil : "must consist of letters, digits and . _ - @ +"
    }

    /// Something with one at sign, no spaces, and a name on each side; whether mail arrives is not known.
    package static func email(_ text: String) -> String? {
        if let fault = line(text, longest: 254) { return fault }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let hasSpaces = text.unicodeScalars.contains(where: \.properties.isWhitespace)
        return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty && !hasSpaces
            ? nil : "must be an e-mail address"
    }

    /// The sentence for a number outside its range.
    package static func within(_ range: ClosedRange<Int>, _ number: Int) -> String? {
        range.contains(number) ? nil : "must be between \(range.lowerBound) and \(range.upperBound)"
    }

    /// Length is in Unicode scalars: one character may be built of any number of them.
    private static func line(_ text: String, longest: Int) -> String? {
        if text.allSatisfy(\.isWhitespace) { return "must not be empty" }
        if text.unicodeScalars.count > longest { return "must be at most \(longest) characters long" }
        let controls: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
        let hasControl = text.unicodeScalars.contains { controls.contains($0.properties.generalCategory) }
        return hasControl ? "must not contain control characters" : nil
    }
}
