import Domain
import Foundation

/// Flags and environment under one roof: finds values, and collects what is wrong with them.
///
/// An empty variable counts as absent. No fault repeats a value, for it may be a secret.
struct ConfigurationSource {
    /// A value with the name of the flag or variable that it came from.
    struct Named<Text> {
        let name: String
        let text: Text
    }

    private(set) var faults: [String] = []
    private let environment: [String: String]
    private var known: Set<String> = []

    init(_ environment: [String: String]) {
        self.environment = environment.filter { !$0.value.isEmpty }
    }

    /// Variables that start with `JOBTALK_` and were never asked for.
    var unknown: [String] {
        environment.keys.filter { $0.hasPrefix("JOBTALK_") && !known.contains($0) }.sorted()
    }

    /// Throws all faults found so far as one.
    func finish() throws(StartError) {
        if !faults.isEmpty { throw .configuration(faults) }
    }

    mutating func fault(_ name: String, _ sentence: String) {
        faults.append("\(name) \(sentence)")
    }

    /// What the flag says, or else the variable.
    mutating func value(_ variable: String?, flag: String = "", _ typed: String? = nil) -> Named<String>? {
        if let variable { known.insert(variable) }
        if let typed { return Named(name: flag, text: typed) }
        guard let variable, let text = environment[variable] else { return nil }
        return Named(name: variable, text: text)
    }

    /// The variable itself, or the content of the file that `…_FILE` names, without the line break at its end.
    mutating func secret(_ variable: String) -> Named<Secret>? {
        let fileVariable = variable + "_FILE"
        known.formUnion([variable, fileVariable])
        guard let path = environment[fileVariable] else {
            return environment[variable].map { Named(name: variable, text: Secret($0)) }
        }
        if environment[variable] != nil {
            fault(fileVariable, "and \(variable) are both set; set only one of them")
            return nil
        }
        return secret(inFile: path, named: fileVariable)
    }

    /// The content of a file, without the line break at its end.
    mutating func secret(inFile path: String, named name: String) -> Named<Secret>? {
        do {
            let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
            return Named(name: name, text: Secret(text.trimmingCharacters(in: .newlines)))
        } catch {
            fault(name, "must name a readable text file")
            return nil
        }
    }

    /// A secret that is long enough to resist guessing.
    mutating func key(_ variable: String) -> Secret? {
        guard let key = secret(variable) else { return nil }
        check(key) { $0.clearText.count < 32 ? "must be at least 32 characters long" : nil }
        return key.text
    }

    /// `rule` answers `nil`, or the end of a sentence that starts with the name.
    mutating func check<Text>(_ value: Named<Text>, _ rule: (Text) -> String?) {
        if let sentence = rule(value.text) { fault(value.name, sentence) }
    }

    mutating func integer(_ value: Named<String>, _ range: ClosedRange<Int>) -> Int? {
        if let number = Int(value.text), range.contains(number) { return number }
        fault(value.name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    mutating func choice<Choice>(_ variable: String, _: Choice.Type) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let value = value(variable) else { return nil }
        if let choice = Choice(rawValue: value.text.lowercased()) { return choice }
        fault(value.name, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        return nil
    }

    /// `read` answers `nil` for what is none; `rule` is the end of a sentence that starts with the name.
    mutating func list<Item>(_ variable: String, _ read: (String) -> Item?, _ rule: String) -> [Item] {
        guard let value = value(variable) else { return [] }
        let texts = value.text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let items = texts.compactMap(read)
        if items.isEmpty || items.count < texts.count { fault(value.name, rule) }
        return items
    }

    /// What `read` reads, with its faults apart from all others: for what may turn out to be of no importance.
    mutating func apart<Value>(_ read: (inout Self) -> Value) -> Result<Value, StartError> {
        let others = faults
        faults = []
        defer { faults = others }
        let value = read(&self)
        return faults.isEmpty ? .success(value) : .failure(.configuration(faults))
    }
}
