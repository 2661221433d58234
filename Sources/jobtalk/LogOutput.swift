import Domain
import Foundation
import Logging
import Synchronization

/// How a log line looks; the raw value is that of `JOBTALK_LOG_FORMAT`.
enum LogFormat: String, CaseIterable {
    /// For people.
    case text
    /// One object a line, for programs.
    case json
}

/// Where log lines go: one file descriptor, one line at a time, never half of one.
final class LogOutput: Sendable {
    private let descriptor: Int32
    private let turn = Mutex(())

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Nobody could be told of a log that cannot be written: the line is lost.
    func write(_ line: String) {
        let bytes = Array(line.utf8)
        turn.withLock { _ in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 && errno != EINTR { return }
                sent += max(count, 0)
            }
        }
    }
}

/// Writes each event as one line of text or JSON.
struct LineLogHandler: LogHandler {
    let label: String
    let format: LogFormat
    let output: LogOutput
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        all.merge(metadataProvider?.get() ?? [:]) { _, new in new }
        all.merge(event.metadata ?? [:]) { _, new in new }
        if let error = event.error { all["error"] = "\(error)" }
        let line = LogLine(
            time: Date(), level: event.level, label: label, message: event.message.description, metadata: all)
        output.write(format == .text ? line.text : line.json)
    }
}

extension Logger {
    /// A logger that writes to `output`, with no global state in between.
    init(_ label: String, level: Logger.Level, format: LogFormat, output: LogOutput) {
        self.init(label: label) { label in
            LineLogHandler(label: label, format: format, output: output, logLevel: level)
        }
    }
}
