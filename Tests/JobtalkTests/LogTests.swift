import Foundation
import Logging
import Testing
import TestSupport

@testable import jobtalk

@Suite("The log")
struct LogTests {
    private let moment = Date(timeIntervalSince1970: 1_767_225_600.25)

    @Test("A line of text shows time, level, logger, message and fields in order")
    func text() {
        let line = LogLine(
            time: moment, level: .warning, label: "sync", message: "Visit failed",
            metadata: ["partner": "Blue Peak", "ms": "12", "empty": ""])
        #expect(
            line.text == "2026-01-01T00:00:00.250Z WARNING sync: Visit failed empty=\"\" ms=12 partner=\"Blue Peak\"\n")
    }

    @Test("A line of JSON is one object that a parser reads back")
    func json() throws {
        let line = LogLine(
            time: moment, level: .info, label: "web", message: "said \"hi\" \\ \u{1} ü",
            metadata: ["list": ["a", ["b": "c"]], "number": .stringConvertible(7)])
        let object = try JSONSerialization.jsonObject(with: Data(line.json.utf8)) as? NSDictionary
        #expect(
            object == [
                "time": "2026-01-01T00:00:00.250Z", "level": "info", "logger": "web",
                "message": "said \"hi\" \\ \u{1} ü", "metadata": ["list": ["a", ["b": "c"]], "number": "7"],
            ])
    }

    @Test("Nobody can forge a line", arguments: ["\n", "\r", "\u{85}", "\u{2028}", "\u{1B}[2J"])
    func forging(_ attack: String) {
        let line = LogLine(
            time: moment, level: .info, label: "web", message: "a\(attack)b",
            metadata: ["k": "c\(attack)d", "e": "a=b"])
        for text in [line.text, line.json] {
            #expect(text.hasSuffix("\n"))
            #expect(
                text.dropLast().unicodeScalars.allSatisfy { $0.value >= 0x20 && ![0x85, 0x2028].contains($0.value) })
        }
        #expect(line.text.contains("e=\"a=b\""))
    }

    @Test("Lines of many threads stay whole")
    func wholeLines() async throws {
        let directory = try TemporaryDirectory()
        let descriptor = open(directory.path("log"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let logger = Logger("test", level: .info, format: .json, output: LogOutput(descriptor: descriptor))
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for line in 0..<100 {
                        logger.info("\(String(repeating: "x", count: 5000))", metadata: ["line": "\(task)-\(line)"])
                        logger.debug("below the level")
                    }
                }
            }
        }
        let lines = try String(contentsOfFile: directory.path("log"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 800)
        for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
}
