import Foundation
import NIOCore
import Sync
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
    @Test(
        "Any text reads back as itself",
        arguments: [
            "", "plain", "quote \" backslash \\ slash /", "\n\r\t\u{8}\u{C}\u{0}\u{1F}\u{7F}", "é ü 漢字 👩‍👩‍👧 \u{10FFFF}",
            "\u{2028}\u{2029}", "\u{2027}\u{202A}\u{20A8}", "ends with \u{E2}", "</script>",
        ])
    func textReadsBack(text: String) throws {
        var writer = JSONWriter()
        writer.array { $0.value(text) }
        let json = try #require(String(validating: writer.buffer.readableBytesView, as: UTF8.self))
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String] == [text])
        #expect(!json.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x2028 || $0.value == 0x2029 })
    }

    @Test("Every control character is escaped")
    func controlCharacters() throws {
        let text = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0 as UInt32) }))
        var writer = JSONWriter()
        writer.array { $0.value(text) }
        let data = Data(writer.buffer.readableBytesView)
        #expect(try JSONSerialization.jsonObject(with: data) as? [String] == [text])
    }

    @Test(
        "Numbers are written as short as they read back",
        arguments: [
            (0, "0"), (-0.0, "0"), (35.5, "35.5"), (100, "100"), (0.1, "0.1"), (1 / 3, "0.3333333333333333"),
            (1e300, "1e+300"), (.nan, "null"), (.infinity, "null"), (-12.34, "-12.34"),
        ] as [(Double, String)])
    func doubles(number: Double, text: String) {
        var writer = JSONWriter()
        writer.value(number)
        #expect(String(buffer: writer.buffer) == text)
    }

    @Test("Commas stand between members and elements, and nowhere else")
    func structure() {
        var writer = JSONWriter()
        writer.object {
            $0.member("a", 1)
            $0.key("b")
            $0.array { list in
                list.object { _ in }
                list.array { _ in }
                list.value(true)
                list.null()
            }
            $0.member("c", String?.none)
            $0.key("d")
            $0.object { $0.member("e", Int64.max) }
        }
        #expect(
            String(buffer: writer.buffer)
                == #"{"a":1,"b":[{},[],true,null],"c":null,"d":{"e":9223372036854775807}}"#)
    }

    @Test("Dates agree with Foundation's formatter over four centuries")
    func dates() {
        let formatter = Date.ISO8601FormatStyle()
        var generator = SystemRandomNumberGenerator()
        let edges = [0, -1, 0.999, -0.001, 951_782_400, 1_709_164_800, 4_107_542_399, -2_208_988_800]
        let random = (0..<2_000).map { _ in Double.random(in: -6e9...6.6e9, using: &generator) }
        for seconds in edges + random {
            let date = Date(timeIntervalSince1970: seconds)
            let whole = Date(timeIntervalSince1970: seconds.rounded(.down))
            #expect(date.iso8601 == whole.formatted(formatter), "\(seconds)")
        }
    }
}
