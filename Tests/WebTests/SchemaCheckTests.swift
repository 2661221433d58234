import Foundation
import TestSupport
import Testing

@Suite("Holding answers to the document")
struct SchemaCheckTests {
    /// A schema, a value that it takes and one that it does not.
    private static let cases: [(schema: String, good: String?, bad: String?)] = [
        (#"{"type": "integer"}"#, "1", "1.5"),
        (#"{"type": ["string", "null"]}"#, "null", "true"),
        (#"{"type": "number", "minimum": 0, "maximum": 9}"#, "9", "10"),
        (#"{"minimum": 0}"#, #""text""#, "-1"),
        (#"{"multipleOf": 5}"#, "10", "11"),
        (#"{"enum": ["A", "B"]}"#, #""B""#, #""C""#),
        (#"{"const": true}"#, "true", "1"),
        (#"{"required": ["a"], "properties": {"a": {"type": "string"}}}"#, #"{"a": "x", "b": 1}"#, #"{"b": 1}"#),
        (#"{"properties": {"a": {"type": "string"}}}"#, #"{"a": "x"}"#, #"{"a": null}"#),
        (#"{"properties": {"a": true}, "additionalProperties": false}"#, #"{"a": 1}"#, #"{"a": 1, "b": 1}"#),
        (#"{"additionalProperties": {"type": "integer"}}"#, #"{"ENDED": 3}"#, #"{"ENDED": "3"}"#),
        (#"{"propertyNames": {"maxLength": 1}}"#, #"{"a": 1}"#, #"{"ab": 1}"#),
        (#"{"items": {"type": "integer"}}"#, "[1, 2]", #"[1, "2"]"#),
        (#"{"minItems": 1, "maxItems": 2}"#, "[1]", "[]"),
        (#"{"minLength": 1, "maxLength": 2}"#, #""ab""#, #""abc""#),
        (#"{"pattern": "^a+$"}"#, #""aa""#, #""ab""#),
        (#"{"format": "date-time"}"#, #""2024-11-06T20:30:00Z""#, #""2024-11-06T20:30:00.5Z""#),
        (#"{"format": "date"}"#, #""2024-11-06""#, #""2024-11-6""#),
        (#"{"anyOf": [{"type": "null"}, {"type": "string"}]}"#, #""x""#, "1"),
        (#"{"oneOf": [{"minimum": 0}, {"maximum": 9}]}"#, "-1", "5"),
        (#"{"allOf": [{"minimum": 0}, {"maximum": 9}]}"#, "5", "10"),
        (#"{"not": {"const": 0}}"#, "1", "0"),
        (#"{"if": {"const": 0}, "then": false, "else": {"minimum": 5}}"#, "5", "0"),
        (#"{"if": {"const": 0}, "else": {"minimum": 5}}"#, "0", "1"),
        (##"{"$ref": "#/components/schemas/Name"}"##, #""x""#, "1"),
        ("true", "1", nil), ("false", nil, "1"),
        // What this check does not know is never passed over.
        (#"{"uniqueItems": true}"#, nil, "[]"), (#"{"format": "hostname"}"#, nil, #""x""#),
        (##"{"$ref": "#/components/schemas/Nobody"}"##, nil, "1"),
    ]

    @Test("A value that is not as its schema says is found", arguments: cases)
    func finds(schema: String, good: String?, bad: String?) throws {
        if let good { #expect(try departures("\"schema\": \(schema)", body: good) == []) }
        if let bad { #expect(try !departures("\"schema\": \(schema)", body: bad).isEmpty) }
    }

    @Test(
        "An answer that is not as documented is found",
        arguments: [
            ("GET", "/a/1", 201, "application/json", "{}"), ("GET", "/a/1", 200, "text/plain", "{}"),
            ("GET", "/a/1", 200, "application/json", "{"), ("GET", "/a/1", 200, "application/json", ""),
            ("HEAD", "/a/1", 200, "application/json", "{}"), ("PUT", "/a/1", 200, "application/json", "{}"),
            ("GET", "/api/none", 200, "application/json", "{}"), ("GET", "/api/none", 404, "application/json", "{}"),
        ])
    func findsOtherAnswers(_ method: String, _ path: String, _ status: Int, _ type: String, _ body: String) throws {
        #expect(try !departures(#""schema": {}"#, method, path, status, type, body: body).isEmpty)
    }

    @Test("An answer without a header that it must have, or with a wrong one, is found", arguments: [nil, "soon"])
    func findsOtherHeaders(_ value: String?) throws {
        let document = try OpenAPIDocument(
            Data(
                """
                {"paths": {"/a": {"get": {"security": [], "responses": {"429": {"headers": {
                    "Retry-After": {"required": true, "schema": {"type": "integer", "minimum": 1}}}}}}}}}
                """.utf8))
        func departures(_ value: String?) -> [String] {
            let headers = value.map { ["retry-after": $0] } ?? [:]
            return document.departures(
                of: Exchange(method: "GET", path: "/a?b=c", status: 429, headers: headers, body: Data()))
        }
        #expect(departures("30") == [])
        #expect(!departures(value).isEmpty)
    }

    private func departures(
        _ media: String, _ method: String = "GET", _ path: String = "/a/1", _ status: Int = 200,
        _ type: String = "application/json", body: String
    ) throws -> [String] {
        let document = try OpenAPIDocument(
            Data(
                """
                {"paths": {"/a/{b}": {"get": {"responses": {"200": {"content": {"application/json": {\(media)}}}}}}},
                 "components": {"schemas": {"Name": {"type": "string"}, "Error": {"required": ["detail"]}}}}
                """.utf8))
        return document.departures(
            of: Exchange(
                method: method, path: path, status: status, headers: ["content-type": type], body: Data(body.utf8)))
    }
}
