import Foundation

/// How a kind of server wants its SQL.
enum Dialect: Sendable, CaseIterable {
    case mysql
    case mariaDB
    case postgreSQL
    case sqlite

    /// A name as it is written in a statement.
    func quoted(_ name: String) -> String {
        let mark = self == .sqlite || self == .postgreSQL ? "\"" : "`"
        return mark + name.replacing(mark, with: mark + mark) + mark
    }

    /// Any text, a server's own included; in MySQL independent of whether `sql_mode` lets a backslash escape. In
    /// PostgreSQL none does, for the session says so at its start.
    func literal(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (32...126).contains($0) && $0 != UInt8(ascii: "\\") }
        guard isPlain || self == .sqlite || self == .postgreSQL else {
            return "_utf8mb4 X'\(text.utf8.map(\.hexadecimal).joined())'"
        }
        return "'" + text.replacing("'", with: "''") + "'"
    }

    /// A whole number for a column of any type that can hold one: PostgreSQL compares a number with numbers only, but
    /// reads a literal as what the column is, `'0'` as false where that is a boolean.
    func literal(_ number: Int64) -> String { self == .postgreSQL ? "'\(number)'" : "\(number)" }

    /// An instant in UTC, to the second.
    func literal(_ instant: Date) -> String {
        "'" + instant.formatted(Self.utc) + "'"
    }

    private static let utc = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .gmt)
        .year().month().day().time(includingFractionalSeconds: false)

    /// Whether `column` is one of `values` to the letter, even where the collation folds case or trailing spaces.
    ///
    /// The plain comparison comes first: it is what an index can answer. `labels` are those of an enumeration, which
    /// PostgreSQL compares with nothing else; one that it has learnt since is found by its text.
    func isOne(_ column: String, of values: [String], labels: Set<String>? = nil) -> String {
        guard let labels, self == .postgreSQL else {
            let plain = Self.isIn(column, list(values))
            let all = list(values).joined(separator: ", ")
            return switch self {
            case .sqlite: plain
            // For types that fold case; of a text column it is the same condition, which the planner counts once.
            case .postgreSQL: "\(plain) AND \(column)::text IN (\(all))"
            case .mysql, .mariaDB: "\(plain) AND \(exact(column)) IN (\(all))"
            }
        }
        let known = list(values.filter(labels.contains))
        let unknown = list(values.filter { !labels.contains($0) })
        let parts = [(column, known), (exact(column), unknown)].filter { !$0.1.isEmpty }.map(Self.isIn)
        return parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " OR ")))"
    }

    private func list(_ values: [String]) -> [String] { values.map { literal($0) } }

    private static func isIn(_ column: String, _ list: [String]) -> String {
        list.count == 1 ? "\(column) = \(list[0])" : "\(column) IN (\(list.joined(separator: ", ")))"
    }

    /// A column's text to the letter, by which rows can be grouped, whatever the column's collation.
    func exact(_ column: String) -> String {
        switch self {
        case .sqlite: "\(column) COLLATE BINARY"
        case .postgreSQL: "\(column)::text COLLATE \"C\""
        case .mysql, .mariaDB: "CAST(CONVERT(\(column) USING utf8mb4) AS BINARY)"
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
        // Sent together, they are one transaction and one round trip, and the limit is that of the SELECT alone.
        case .postgreSQL: "SET LOCAL statement_timeout = \(milliseconds); SELECT \(select)"
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
