import Foundation

/// Holds JSON values to the schemas of an OpenAPI 3.1 document.
///
/// Knows the part of JSON Schema that our document uses. A keyword or format it does not know is a fault, so that
/// nothing passes because nobody looked.
struct SchemaCheck {
    /// The whole document, in which references are looked up.
    let document: JSON

    /// One sentence for each place where a value is not as its schema says; empty if all is well.
    func faults(_ value: JSON, _ schema: JSON, at path: String = "$") -> [String] {
        switch schema {
        case .bool(true): []
        case .bool(false): ["\(path) must not be there"]
        case .object(let keywords):
            keywords.sorted { $0.key < $1.key }.flatMap { faults(value, $0.key, $0.value, in: schema, at: path) }
        default: ["\(path): a schema must be an object, not \(schema)"]
        }
    }

    /// What a reference stands for; itself if it is none.
    func resolved(_ node: JSON) -> JSON {
        guard let reference = node["$ref"].string else { return node }
        return resolved(target(of: reference))
    }

    private func target(of reference: String) -> JSON {
        reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] }
    }

    private func faults(_ value: JSON, _ keyword: String, _ rule: JSON, in schema: JSON, at path: String) -> [String] {
        switch keyword {
        case "$ref": referenceFaults(value, rule, at: path)
        case "allOf", "anyOf", "oneOf", "not", "if": choiceFaults(value, keyword, rule, in: schema, at: path)
        case "type", "enum", "const": identityFaults(value, keyword, rule, at: path)
        case "properties", "required", "additionalProperties", "propertyNames":
            memberFaults(value, keyword, rule, in: schema, at: path)
        case "items", "minItems", "maxItems": elementFaults(value, keyword, rule, at: path)
        case "pattern", "format", "minLength", "maxLength": textFaults(value, keyword, rule, at: path)
        case "minimum", "maximum", "multipleOf": numberFaults(value, keyword, rule, at: path)
        // Judged by `if`, or words for people and clients that say nothing about a value.
        case "then", "else", "title", "description", "default", "example", "examples", "deprecated", "readOnly",
            "writeOnly":
            []
        default: ["\(path): the keyword \(keyword) is unknown to this check"]
        }
    }

    private func referenceFaults(_ value: JSON, _ rule: JSON, at path: String) -> [String] {
        let target = target(of: rule.string ?? "")
        return target == .null ? ["\(path): \(rule) leads nowhere"] : faults(value, target, at: path)
    }

    private func choiceFaults(
        _ value: JSON, _ keyword: String, _ rule: JSON, in schema: JSON, at path: String
    ) -> [String] {
        let outcomes = rule.array.map { faults(value, $0, at: path) }
        switch keyword {
        case "allOf": return outcomes.flatMap { $0 }
        case "not": return faults(value, rule, at: path).isEmpty ? ["\(path) must not be \(value)"] : []
        case "if":
            let branch = schema[faults(value, rule, at: path).isEmpty ? "then" : "else"]
            return branch == .null ? [] : faults(value, branch, at: path)
        default:
            let fitting = outcomes.count { $0.isEmpty }
            guard fitting == 0 || keyword == "oneOf" && fitting > 1 else { return [] }
            let reasons = outcomes.joined().joined(separator: "; ")
            return ["\(path) fits \(fitting) of \(outcomes.count) choices: \(reasons)"]
        }
    }

    private func identityFaults(_ value: JSON, _ keyword: String, _ rule: JSON, at path: String) -> [String] {
        let holds =
            switch keyword {
            case "enum": rule.array.contains(value)
            case "const": rule == value
            default: (rule.string.map { [$0] } ?? rule.array.compactMap(\.string)).contains { value.isA($0) }
            }
        return holds ? [] : ["\(path) is \(value), but its \(keyword) is \(rule)"]
    }

    private func memberFaults(
        _ value: JSON, _ keyword: String, _ rule: JSON, in schema: JSON, at path: String
    ) -> [String] {
        guard case .object(let members) = value else { return [] }
        switch keyword {
        case "required":
            return rule.array.compactMap(\.string).filter { members[$0] == nil }.map { "\(path).\($0) is missing" }
        case "properties":
            return rule.object.flatMap { name, schema in
                members[name].map { faults($0, schema, at: "\(path).\(name)") } ?? []
            }
        case "propertyNames":
            return members.keys.flatMap { faults(.string($0), rule, at: "\(path): the key \($0)") }
        default:
            let others = members.filter { schema["properties"].object[$0.key] == nil }
            return others.flatMap { faults($0.value, rule, at: "\(path).\($0.key)") }
        }
    }

    private func elementFaults(_ value: JSON, _ keyword: String, _ rule: JSON, at path: String) -> [String] {
        guard case .array(let elements) = value else { return [] }
        if keyword == "items" {
            return elements.enumerated().flatMap { faults($1, rule, at: "\(path)[\($0)]") }
        }
        return bound(elements.count, keyword == "minItems", rule, "\(path) has \(elements.count) elements")
    }

    private func textFaults(_ value: JSON, _ keyword: String, _ rule: JSON, at path: String) -> [String] {
        guard case .string(let text) = value else { return [] }
        switch keyword {
        case "minLength", "maxLength":
            let length = text.unicodeScalars.count
            return bound(length, keyword == "minLength", rule, "\(path) has \(length) characters")
        case "pattern":
            return matches(text, rule.string ?? "") ? [] : ["\(path) is \(text), but its pattern is \(rule)"]
        default:
            guard let pattern = Self.formats[rule.string ?? ""] else {
                return ["\(path): the format \(rule) is unknown to this check"]
            }
            return matches(text, pattern) ? [] : ["\(path) is \(text), which is no \(rule)"]
        }
    }

    private func numberFaults(_ value: JSON, _ keyword: String, _ rule: JSON, at path: String) -> [String] {
        guard case .number(let number) = value, case .number(let limit) = rule else { return [] }
        let holds =
            switch keyword {
            case "minimum": number >= limit
            case "maximum": number <= limit
            default: (number / limit).rounded() == number / limit
            }
        return holds ? [] : ["\(path) is \(number), but its \(keyword) is \(limit)"]
    }

    private func bound(_ count: Int, _ isLeast: Bool, _ rule: JSON, _ sentence: String) -> [String] {
        guard let limit = rule.int else { return ["\(sentence), but the bound is \(rule)"] }
        return (isLeast ? count >= limit : count <= limit) ? [] : ["\(sentence), but the bound is \(limit)"]
    }

    private func matches(_ text: String, _ pattern: String) -> Bool {
        text.range(of: pattern, options: .regularExpression) != nil
    }

    /// Times as the API writes them are narrower than the format: UTC with whole seconds.
    private static let formats = [
        "date-time": #"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"#, "date": #"^\d{4}-\d\d-\d\d$"#, "int64": "", "password": "",
    ]
}

extension JSON {
    fileprivate func isA(_ type: String) -> Bool {
        switch (self, type) {
        case (.null, "null"), (.bool, "boolean"), (.number, "number"), (.string, "string"), (.array, "array"),
            (.object, "object"):
            true
        case (.number(let value), "integer"): value.rounded() == value
        default: false
        }
    }
}
