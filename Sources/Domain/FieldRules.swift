import Foundation

/// What single values must satisfy. Every rule answers `nil`, or the end of a sentence that starts with the field.
package enum FieldRules {
    package static let ports = 1...65_535
    package static let concurrencyLimits = 1...1_000
    package static let reasonLength = 500

    /// 1–100 characters, none of them a control character, not only spaces.
    package static func partnerName(_ text: String) -> String? {
        line(text, longest: 100)
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
        let isPlain = !text.contains("/") && !text.contains("\\") && !text.hasPrefix(".")
        return isPlain ? nil : "must be a file name without separators that does not begin with a dot"
    }

    package static func port(_ number: Int) -> String? {
        within(ports, number)
    }

    package static func concurrencyLimit(_ number: Int) -> String? {
        within(concurrencyLimits, number)
    }

    package static func tenantID(_ number: Int64) -> String? {
        number >= 0 ? nil : "must be 0 or more"
    }

    /// Why a limit was changed: up to 500 characters.
    package static func reason(_ text: String) -> String? {
        text.count <= reasonLength ? nil : "must be at most \(reasonLength) characters long"
    }

    /// `SHA256:…`, optionally after its type.
    package static func hostKeyFingerprint(_ text: String) -> String? {
        HostKeyPin(text) == nil ? "must look like SHA256:… or ssh-ed25519 SHA256:…, as ssh-keygen -l prints it" : nil
    }

    /// A name of the IANA database; abbreviations such as `EST5` are none.
    package static func timeZone(_ name: String) -> String? {
        name == "UTC" || ianaNames.contains(name) ? nil : "must be an IANA time zone name such as America/New_York"
    }

    /// 1–64 letters, digits, dots, dashes, underscores or at signs.
    package static func username(_ text: String) -> String? {
        if let fault = line(text, longest: 64) { return fault }
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

    private static let ianaNames = Set(TimeZone.knownTimeZoneIdentifiers)

    private static func line(_ text: String, longest: Int) -> String? {
        if text.allSatisfy(\.isWhitespace) { return "must not be empty" }
        if text.count > longest { return "must be at most \(longest) characters long" }
        let hasControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        return hasControl ? "must not contain control characters" : nil
    }
}
