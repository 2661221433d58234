import Domain
import Testing

@testable import Web

@Suite("A body's fields are read one by one")
struct FieldReaderTests {
    @Test(
        "A whole number is one, whatever it looks like; nothing else is",
        arguments: [
            (.integer(1), 1, nil), (.number(10), 10, nil), (.integer(0), nil, "must be between 1 and 10"),
            (.integer(11), nil, "must be between 1 and 10"), (.number(1e300), nil, "must be between 1 and 10"),
            (.number(.infinity), nil, "must be between 1 and 10"), (.number(1.5), nil, "must be a whole number"),
            (.string("1"), nil, "must be a whole number"), (.bool(true), nil, "must be a whole number"),
            (.null, nil, "must be a whole number"),
        ] as [(JSONValue, Int?, String?)])
    func readsIntegers(_ value: JSONValue, _ expected: Int?, _ message: String?) {
        var reader = FieldReader(["n": value])
        #expect(reader.integer("n", in: 1...10) == expected)
        #expect(reader.faults.map(\.message) == [message].compactMap { $0 })
    }

    @Test("All faults are collected, those of inner objects with their path")
    func collectsFaults() throws {
        var reader = FieldReader([
            "name": .integer(1), "flag": .string("true"), "inner": .object(["port": .string("22")]),
            "other": .array([]),
        ])
        _ = reader.text("name")
        _ = reader.flag("flag")
        _ = reader.object("inner") { $0.integer("port", in: 1...65_535) as Int? }
        _ = reader.object("other") { _ in true }
        #expect(reader.faults.map(\.field) == ["name", "flag", "inner.port", "other"])
        #expect(throws: Rejection.self) { try reader.finish() }
    }

    @Test("Absent, null and empty secrets are none", arguments: [nil, .null, .string("")] as [JSONValue?])
    func readsNoSecret(_ value: JSONValue?) {
        var reader = FieldReader(value.map { ["password": $0] } ?? [:])
        #expect(reader.secret("password") == nil)
        #expect(reader.faults.isEmpty)
    }

    @Test("A NUL character is refused: C strings end there")
    func refusesNUL() {
        var reader = FieldReader(["password": .string("a\0b")])
        #expect(reader.secret("password") == nil)
        #expect(reader.faults.map(\.field) == ["password"])
    }
}
