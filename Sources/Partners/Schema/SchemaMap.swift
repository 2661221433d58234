/// Which of the tables that we know a partner's database has, in its own spelling.
struct SchemaMap: Sendable, Equatable {
    /// The tables that the console knows by name.
    enum Known: String, CaseIterable {
        case campaigns
        case calls
        case campaignToContact = "_campaigntocontact"
        case submittals = "ats_submittals"
        case settings
        case auditLog = "settings_auditlogs"
    }

    /// Columns by table.
    private let tables: [String: Set<String>]
    /// Labels by column by table, of columns that are enumerations.
    private let labels: [String: [String: Set<String>]]

    /// From rows of table and column name and, once for each label, what a column of an enumeration can hold.
    init(rows: [[String?]]) {
        var tables: [String: Set<String>] = [:]
        var labels: [String: [String: Set<String>]] = [:]
        for row in rows where row.count >= 2 {
            guard let table = row[0], let column = row[1] else { continue }
            tables[table, default: []].insert(column)
            if row.count == 3, let label = row[2] { labels[table, default: [:]][column, default: []].insert(label) }
        }
        self.tables = tables
        self.labels = labels
    }

    /// `nil` if the database has no such table.
    func table(ifPresent known: Known) -> Table? {
        guard let name = tables.keys.bestMatch(for: known.rawValue), let columns = tables[name] else { return nil }
        return Table(known: known, name: name, columns: columns, labels: labels[name] ?? [:])
    }

    func table(_ known: Known) throws(SchemaFault) -> Table {
        guard let table = table(ifPresent: known) else { throw .table(known.rawValue) }
        return table
    }

    /// The tables that a tenant's own rows can be told apart in.
    var tenantScoped: [String] {
        Known.allCases.compactMap { table(ifPresent: $0) }.filter { $0.tenantColumn != nil }.map(\.name)
    }

    struct Table: Sendable {
        let known: Known
        let name: String
        let columns: Set<String>
        /// By column, in its own spelling; none for a column of any other type than an enumeration.
        let labels: [String: Set<String>]

        func column(_ name: String) throws(SchemaFault) -> String {
            guard let match = columns.bestMatch(for: name) else { throw .column(name, table: known.rawValue) }
            return match
        }

        var tenantColumn: String? {
            columns.bestMatch(for: "tenantId") ?? columns.bestMatch(for: "tenant_id")
        }
    }
}

/// Something that a query needs and the database does not have.
enum SchemaFault: Error, Equatable {
    case table(String)
    case column(String, table: String)

    var sentence: String {
        switch self {
        case .table(let table): "table \"\(table)\" not found"
        case .column(let column, let table): "column \"\(column)\" of table \"\(table)\" not found"
        }
    }
}

extension Collection<String> {
    /// The exact spelling first, then any that differs in case only; always the same of several.
    fileprivate func bestMatch(for name: String) -> String? {
        contains(name) ? name : filter { $0.lowercased() == name.lowercased() }.min()
    }
}
