import Foundation
import Logging

/// One event, ready to be written; control characters are escaped, so that nobody can forge a line.
struct LogLine {
    let time: Date
    let level: Logger.Level
    let label: String
    let message: String
    let metadata: Logger.Metadata

    /// `2026-01-31T09:30:00.123Z INFO    sync: Visited partner="Blue Peak" ms=12`
    var text: String {
        let name = level.rawValue.uppercased().padding(toLength: 8, withPad: " ", startingAt: 0)
        let fields = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.word($0.value.description))" }
        return "\(stamp) \(name)\(label): \(Self.escaped(message))\(fields.joined())\n"
    }

    /// `{"time":…,"level":…,"logger":…,"message":…,"metadata":{…}}`
    var json: String {
        let head = [("time", stamp), ("level", level.rawValue), ("logger", label), ("message", message)]
            .map { "\(Self.quoted($0)):\(Self.quoted($1))" }
        let tail = metadata.isEmpty ? [] : ["\"metadata\":" + Self.object(metadata)]
        return "{" + (head + tail).joined(separator: ",") + "}\n"
    }

    private var stamp: String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func object(_ metadata: Logger.Metadata) -> String {
        let members = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(value($0.value))" }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func value(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let thing): quoted(thing.description)
        case .array(let items): "[" + items.map(Self.value).joined(separator: ",") + "]"
        case .dictionary(let members): object(members)
        }
    }

    /// As it is if it is one plain word, else quoted.
    private static func word(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" }
        return isPlain && !text.unicodeScalars.contains(where: isControl) ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + escaped(text, alsoQuotes: true) + "\""
    }

    private static func escaped(_ text: String, alsoQuotes: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\"" where alsoQuotes, "\\" where alsoQuotes: result += "\\\(scalar)"
            case _ where isControl(scalar): result += "\\u" + hex(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Controls, and the separators that some viewers break lines at.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
