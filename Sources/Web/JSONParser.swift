import Foundation

/// Reads JSON by RFC 8259 and no more: no byte order mark, no NaN, no trailing comma, no lone surrogate.
///
/// Where the RFC leaves a choice this refuses what two readers could understand differently: a key that comes
/// twice. Nesting is limited, so that a hostile body cannot exhaust the stack.
struct JSONParser {
    private static let deepest = 32

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ bytes: [UInt8]) throws(JSONSyntaxError) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw JSONSyntaxError(reason: "not UTF-8", offset: 0)
        }
        self.bytes = bytes
    }

    /// One value with nothing but white space around it.
    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw fault("unexpected text after the document") }
        return value
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try nested { parser throws(JSONSyntaxError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONSyntaxError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || byte.isDigit: return try number()
        case nil: throw fault("unexpected end")
        default: throw fault("expected a value")
        }
    }

    private mutating func nested(
        _ read: (inout JSONParser) throws(JSONSyntaxError) -> JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        guard depth < Self.deepest else { throw fault("nested too deeply") }
        depth += 1
        defer { depth -= 1 }
        position += 1
        return try read(&self)
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONValue {
        var members: [String: JSONValue] = [:]
        guard !takes("}") else { return .object(members) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw fault("expected a key") }
            let start = position
            let key = try string()
            guard takes(":") else { throw fault("expected a colon") }
            let value = try value()
            guard members.updateValue(value, forKey: key) == nil else {
                throw JSONSyntaxError(reason: "a key that was there before", offset: start)
            }
        } while takes(",")
        guard takes("}") else { throw fault("expected a comma or the end of the object") }
        return .object(members)
    }

    private mutating func array() throws(JSONSyntaxError) -> JSONValue {
        var elements: [JSONValue] = []
        guard !takes("]") else { return .array(elements) }
        repeat { elements.append(try value()) } while takes(",")
        guard takes("]") else { throw fault("expected a comma or the end of the array") }
        return .array(elements)
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[position..<end].elementsEqual(word.description.utf8) else {
            throw fault("expected a value")
        }
        position = end
        return value
    }
}

// MARK: Numbers

extension JSONParser {
    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        skip("-")
        guard skip("0") || skipDigits() else { throw fault("expected a digit") }
        var isInteger = true
        if skip(".") {
            isInteger = false
            guard skipDigits() else { throw fault("expected a digit") }
        }
        if skip("e") || skip("E") {
            isInteger = false
            if !skip("+") { skip("-") }
            guard skipDigits() else { throw fault("expected a digit") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        return .number(Double(text) ?? .infinity)
    }

    private mutating func skipDigits() -> Bool {
        let start = position
        while let byte = peek, byte.isDigit { position += 1 }
        return position > start
    }
}

// MARK: Strings

extension JSONParser {
    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20:
                throw fault("a control character in a string")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw fault("unexpected end of a string")
    }

    private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
        guard let byte = peek else { throw fault("unexpected end of a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fault("an unknown escape")
        }
    }

    private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try hexUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), skip("\\"), skip("u") else { throw fault("half a character") }
        let second = try hexUnit()
        guard (0xDC00..<0xE000).contains(second) else { throw fault("half a character") }
        let code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        guard let scalar = Unicode.Scalar(code) else { throw fault("half a character") }
        return scalar
    }

    private mutating func hexUnit() throws(JSONSyntaxError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw fault("unexpected end of a string") }
        let digits = bytes[position..<position + 4]
        guard digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("expected four hexadecimal digits") }
        position += 4
        return unit
    }
}

// MARK: Bytes

extension JSONParser {
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    @discardableResult
    private mutating func skip(_ expected: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: expected) else { return false }
        position += 1
        return true
    }

    /// Skips white space, then `expected` if it is there.
    private mutating func takes(_ expected: Unicode.Scalar) -> Bool {
        skipSpace()
        return skip(expected)
    }

    private func fault(_ reason: String) -> JSONSyntaxError {
        JSONSyntaxError(reason: reason, offset: position)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
