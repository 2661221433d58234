import Domain
import Foundation

/// Reads the fields of one JSON object and collects every fault instead of stopping at the first.
///
/// Each read gives the value, or `nil` if it is absent or at fault; the faults tell which.
struct FieldReader {
    private let fields: [String: JSONValue]
    /// What stands before the names of faulty fields: empty, or `sshConfig.`.
    private let prefix: String
    private(set) var faults: [FieldFault] = []

    init(_ fields: [String: JSONValue], within object: String? = nil) {
        self.fields = fields
        prefix = object.map { $0 + "." } ?? ""
    }

    /// Throws all faults found so far as one.
    func finish() throws {
        guard faults.isEmpty else { throw Rejection.fields(faults) }
    }

    mutating func fault(_ key: String, _ message: String) {
        faults.append(FieldFault(prefix + key, message))
    }

    func has(_ key: String) -> Bool { fields[key] != nil }

    /// Faults a field that is not there.
    mutating func require(_ key: String) {
        if !has(key) { fault(key, "is required") }
    }

    /// Whether the field is there and `null`.
    func isNull(_ key: String) -> Bool { fields[key] == .null }

    /// Whether the field is there and says nothing: `null` or `""`.
    func isBlank(_ key: String) -> Bool { isNull(key) || fields[key] == .string("") }

    func isZero(_ key: String) -> Bool { fields[key] == .integer(0) }

    /// Text that `rule` has nothing to say against: the rule returns what is wrong.
    mutating func text(_ key: String, _ rule: (String) -> String? = { _ in nil }) -> String? {
        guard let value = fields[key] else { return nil }
        guard case .string(let text) = value else { return wrong(key, "must be text") }
        if text.unicodeScalars.contains("\0") { return wrong(key, "must not contain a NUL character") }
        if let message = rule(text) { return wrong(key, message) }
        return text
    }

    /// Text that must be there.
    mutating func required(_ key: String, _ rule: (String) -> String? = { _ in nil }) -> String? {
        require(key)
        return text(key, rule)
    }

    /// A secret; absent, `null` and empty all mean that none was sent.
    mutating func secret(_ key: String, _ rule: (String) -> String? = { _ in nil }) -> Secret? {
        isBlank(key) ? nil : text(key, rule).map { Secret($0) }
    }

    mutating func flag(_ key: String) -> Bool? {
        guard let value = fields[key] else { return nil }
        guard case .bool(let flag) = value else { return wrong(key, "must be true or false") }
        return flag
    }

    /// A whole number; `10.0` is one, `"10"` is not.
    mutating func integer(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let value = fields[key] else { return nil }
        let integer: Int64?
        switch value {
        case .integer(let number): integer = number
        case .number(let number) where number.rounded() == number: integer = Int64(exactly: number)
        default: return wrong(key, "must be a whole number")
        }
        guard let integer, range.contains(integer) else { return wrong(key, range.demand) }
        return integer
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        integer(key, in: Int64(range.lowerBound)...Int64(range.upperBound)).map(Int.init)
    }

    /// One of the raw values of an enumeration.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard fields[key] != nil else { return nil }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        guard case .string(let text) = fields[key], let choice = Choice(rawValue: text) else {
            return wrong(key, "must be one of \(names)")
        }
        return choice
    }

    /// An object inside; its faults become ours. `null` counts as absent.
    mutating func object<Value>(_ key: String, _ read: (inout FieldReader) -> Value) -> Value? {
        guard let value = fields[key], value != .null else { return nil }
        guard case .object(let fields) = value else { return wrong(key, "must be an object") }
        var reader = FieldReader(fields, within: prefix + key)
        defer { faults += reader.faults }
        return read(&reader)
    }

    private mutating func wrong<Value>(_ key: String, _ message: String) -> Value? {
        fault(key, message)
        return nil
    }
}

extension ClosedRange<Int64> {
    fileprivate var demand: String {
        upperBound == .max ? "must be \(lowerBound) or more" : "must be between \(lowerBound) and \(upperBound)"
    }
}
