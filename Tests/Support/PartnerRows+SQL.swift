package import Foundation

extension PartnerRows {
    /// What fills the tables of a schema, each statement ending in `;` and a line break. Tables that it lacks are
    /// left out.
    package func statements(for schema: PartnerSchema) -> [String] {
        PartnerSchema.Table.allCases.filter { !schema.missing.contains($0) }.flatMap { table in
            let rows = values(of: table, tenant: schema.tenantTables.contains(table))
            return stride(from: 0, to: rows.count, by: 500).map { start in
                let some = rows[start..<min(start + 500, rows.count)].joined(separator: ",\n")
                return "INSERT INTO \(schema.name(table)) VALUES \(some);\n"
            }
        }
    }

    private func values(of table: PartnerSchema.Table, tenant hasTenant: Bool) -> [String] {
        func row(_ fields: [String], tenant: Int) -> String {
            "(\((fields + (hasTenant ? ["\(tenant)"] : [])).joined(separator: ",")))"
        }
        return switch table {
        case .campaigns:
            campaigns.map { one in
                // In quotes, PostgreSQL takes them for a boolean, too.
                let deleted = one.isDeleted ? "'1'" : "'0'"
                return row(
                    ["\(one.id)", "'Campaign \(one.id)'", sql(one.status), deleted, sql(one.createdAt)],
                    tenant: one.tenant)
            }
        case .calls: calls.map { row(fields(of: $0), tenant: $0.tenant) }
        case .links: links.map { "(\($0.campaign),\($0.contact))" }
        case .submittals: submittals.map { row(["\($0.id)", sql($0.status), sql($0.createdAt)], tenant: $0.tenant) }
        case .settings: settings.sorted { $0.key < $1.key }.map { "(\(sql($0.key)),\(sql($0.value)))" }
        case .contacts: Set(links.map(\.contact)).sorted().map { "(\($0),'First','Last','+1555000\($0)')" }
        case .settingsAudit: []
        }
    }

    private func fields(of call: Call) -> [String] {
        [
            "\(call.id)", sql(call.status), sql(call.endReason), sql(call.createdAt), sql(call.updatedAt),
            "\(call.contact)", "\(call.campaign)", "60",
        ]
    }
}

/// A text as an SQL literal.
package func sql(_ text: String?) -> String {
    guard let text else { return "NULL" }
    return "'\(text.replacing("'", with: "''"))'"
}

/// A moment as an SQL literal in UTC, as the partner's columns hold it.
package func sql(_ moment: Date) -> String {
    let text = moment.formatted(.iso8601.dateSeparator(.dash).dateTimeSeparator(.space).timeSeparator(.colon))
    return "'\(text.replacing("Z", with: ""))'"
}
