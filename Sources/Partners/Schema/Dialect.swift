import Foundation

/// How a kind of server wants its SQL.
enum Dialect: Sendable, CaseIterable {
    case mysql
    case mariaDB
    case sqlite

    /// A name as it is written in a statement.
    func quoted(_ name: String) -> String {
        let mark = self == .sqlite ? "\"" : "`"
        return mark + name.replacing(mark, with: mark + mark) + mark
    }

    /// Any text, a server's own included; in MySQL independent of whether `sql_mode` lets a backslash escape.
    func literal(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (32...126).contains($0) && $0 != UInt8(ascii: "\\") }
        guard isPlain || self == .sqlite else { return "_utf8mb4 X'\(text.utf8.map(\.hexadecimal).joined())'" }
        return "'" + text.replacing("'", with: "''") + "'"
    }

    /// An instant in UTC, to the second.
    func literal(_ instant: Date) -> String {
        "'" + instant.formatted(Self.utc) + "'"
    }

    private static let utc = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .gmt)
        .year().month().day().time(includingFractionalSeconds: false)

    /// Whether `column` is one of `values` to the letter, even where the collation folds case or trailing spaces.
    ///
    /// The plain comparison comes first: it is what an index can answer.
    func isOne(_ column: String, of values: String...) -> String {
        let list = values.map { literal($0) }.joined(separator: ", ")
        let plain = values.count == 1 ? "\(column) = \(list)" : "\(column) IN (\(list))"
        switch self {
        case .sqlite: return plain
        case .mysql, .mariaDB: return "\(plain) AND CAST(CONVERT(\(column) USING utf8mb4) AS BINARY) IN (\(list))"
        }
    }

    /// A SELECT that reads UTC and that the server itself ends after `limit`.
    func limited(_ select: String, to limit: Duration) -> String {
        let milliseconds = Int64(
            max(1, limit.components.seconds * 1_000 + limit.components.attoseconds / 1_000_000_000_000_000))
        return switch self {
        case .mariaDB:
            "SET STATEMENT max_statement_time=\(milliseconds / 1_000).\(String(milliseconds % 1_000 + 1_000).dropFirst())"
                + ", time_zone='+00:00' FOR SELECT \(select)"
        case .mysql: "SELECT /*+ MAX_EXECUTION_TIME(\(milliseconds)) */ \(select)"
        case .sqlite: "SELECT \(select)"
        }
    }
}

extension UInt8 {
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
