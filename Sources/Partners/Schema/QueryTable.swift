/// A table as a statement names it, with the condition that keeps to the tenant's rows.
struct QueryTable: Sendable {
    let table: SchemaMap.Table
    let dialect: Dialect
    /// `nil`: all rows, because the partner is not limited to a tenant or the table knows none.
    let tenant: (column: String, id: Int64)?

    init(_ table: SchemaMap.Table, _ dialect: Dialect, tenantID: Int64) {
        self.table = table
        self.dialect = dialect
        tenant = tenantID == 0 ? nil : table.tenantColumn.map { ($0, tenantID) }
    }

    var source: String { dialect.quoted(table.name) }

    func column(_ name: String) throws(SchemaFault) -> String {
        dialect.quoted(try table.column(name))
    }

    /// The tenant's condition, if any.
    var tenantCondition: [String] {
        tenant.map { ["\(dialect.quoted($0.column)) = \($0.id)"] } ?? []
    }
}

/// A table under a short name of its own within a statement.
struct Alias {
    let name: String
    let table: QueryTable

    init(_ name: String, of table: QueryTable) {
        self.name = name
        self.table = table
    }

    var source: String { "\(table.source) \(name)" }

    func column(_ column: String) throws(SchemaFault) -> String {
        "\(name).\(try table.column(column))"
    }

    var tenant: [String] { table.tenantCondition.map { "\(name).\($0)" } }

    /// All of `conditions` and the tenant's.
    func rows(_ conditions: [String]) -> String {
        (conditions + tenant).joined(separator: " AND ")
    }
}
