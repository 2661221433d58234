import Domain
import Foundation

/// The one statement that counts a period's calls and submittals by status: one round trip, one consistent view.
///
/// `createdAt` is compared as it is, so that its index can answer; statuses are told apart to the letter.
struct PeriodQuery: Sendable {
    /// Where a row of the answer comes from.
    enum Source: String, CaseIterable {
        case calls
        case submittals

        fileprivate var table: SchemaMap.Known {
            switch self {
            case .calls: .calls
            case .submittals: .submittals
            }
        }
    }

    let sql: String

    init(
        schema: SchemaMap, dialect: Dialect, tenantID: Int64, range: Range<Date>, limit: Duration
    ) throws(SchemaFault) {
        let range = range.clamped(to: .storable)
        var parts: [String] = []
        for source in Source.allCases {
            let table = QueryTable(try schema.table(source.table), dialect, tenantID: tenantID)
            parts.append(try Self.counts(source, Alias("t", of: table), range))
        }
        // One row more than allowed tells that there are too many.
        let all = parts.joined(separator: " UNION ALL SELECT ") + " LIMIT \(PeriodRows.longest + 1)"
        sql = dialect.limited(all, to: limit)
    }

    private static func counts(_ source: Source, _ rows: Alias, _ range: Range<Date>) throws(SchemaFault) -> String {
        let dialect = rows.table.dialect
        let status = dialect.exact(try rows.column("status"))
        return """
            \(dialect.literal(source.rawValue)) AS source, \(status) AS status, COUNT(*) AS number
            FROM \(rows.source) WHERE \(rows.rows([try rows.isWithin(range, "createdAt")])) GROUP BY \(status)
            """
    }
}

extension Range<Date> {
    /// What a column of MySQL's type `datetime` can hold, to the second; literals beyond it are errors there.
    fileprivate static var storable: Range<Date> {
        Date(timeIntervalSince1970: -30_610_224_000)..<Date(timeIntervalSince1970: 253_402_300_799)
    }
}
