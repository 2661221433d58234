import Foundation
import Testing

@testable import Web

@Suite("JSON is read by the RFC and no more")
struct JSONValueTests {
    @Test(
        "What is JSON is read",
        arguments: [
            ("null", .null), (" true\n", .bool(true)), ("false", .bool(false)), ("0", .integer(0)),
            ("-0", .integer(0)), ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("10.0", .number(10)), ("1e2", .number(100)),
            ("-1.5E-1", .number(-0.15)), ("1e400", .number(.infinity)), (#""""#, .string("")),
            (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{c}\n\r\t")), (#""\u00e9\ud83d\ude00""#, .string("é😀")),
            (#""\u0000""#, .string("\0")), ("\"é😀\"", .string("é😀")), ("[]", .array([])),
            ("[1,[2] , {}]", .array([.integer(1), .array([.integer(2)]), .object([:])])),
            (#"{"a":{"b":null}}"#, .object(["a": .object(["b": .null])])),
        ] as [(String, JSONValue)])
    func reads(_ text: String, _ value: JSONValue) throws {
        #expect(try JSONValue(text) == value)
    }

    @Test(
        "What is not JSON is refused",
        arguments: [
            "", " ", "{", "[", "\"", "nul", "True", "NaN", "Infinity", "-", "+1", "01", "1.", ".5", "1e", "0x10",
            "[1,]",
            "[,1]", "{,}", #"{"a":1,}"#, #"{"a"}"#, #"{"a":}"#, #"{a:1}"#, "{'a':1}", #"{"a":1 "b":2}"#, "1 2", "{}x",
            "\"\n\"", #""\x""#, #""\u12""#, #""\u+123""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#,
            "\u{FEFF}{}", "/* */ 1", #"{"a":1,"a":2}"#,
            String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
            String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
        ])
    func refuses(_ text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(text) }
    }

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [[0xFF], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]])
    func refusesBrokenText(_ bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: bytes) }
    }

    @Test("Any prefix of a document is refused, never a crash")
    func refusesPrefixes() throws {
        let bytes = Array(#"{"a":[1,-2.5e3,"é\u00e9\ud83d\ude00\n",true,null,{"b":[]}]}"#.utf8)
        #expect(throws: Never.self) { try JSONValue(parsing: bytes) }
        for length in 0..<bytes.count {
            #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Array(bytes[..<length])) }
        }
    }

    @Test("Random bytes are judged as Foundation judges them, but for what the RFC leaves open")
    func agreesWithFoundation() throws {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array(#"{}[]:,"\u01e+-. truefalsnl"#.utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 1...12, using: &random)).map { _ in alphabet.randomElement(using: &random)!
            }
            guard (try? JSONValue(parsing: bytes)) != nil else { continue }
            accepted += 1
            let foundation = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            #expect(foundation != nil, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(accepted > 0)
    }
}
