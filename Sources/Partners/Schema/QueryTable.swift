import Foundation

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

    /// Whether a column is one of `values` to the letter.
    func isOne(_ name: String, of values: String...) throws(SchemaFault) -> String {
        try isOne(name, of: values, as: "")
    }

    /// The same, of a table with a name of its own in the statement.
    fileprivate func isOne(_ name: String, of values: [String], as prefix: String) throws(SchemaFault) -> String {
        let column = try table.column(name)
        return dialect.isOne(prefix + dialect.quoted(column), of: values, labels: table.labels[column])
    }

    /// The tenant's condition, if any.
    var tenantCondition: [String] {
        tenant.map { ["\(dialect.quoted($0.column)) = \(dialect.literal($0.id))"] } ?? []
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

    /// Whether a column is one of `values` to the letter.
    func isOne(_ column: String, of values: String...) throws(SchemaFault) -> String {
        try table.isOne(column, of: values, as: "\(name).")
    }

    var tenant: [String] { table.tenantCondition.map { "\(name).\($0)" } }

    /// Whether a column of instants falls into a half-open range; an index on the column can answer.
    func isWithin(_ range: Range<Date>, _ column: String) throws(SchemaFault) -> String {
        let (column, dialect) = (try self.column(column), table.dialect)
        return "\(column) >= \(dialect.literal(range.lowerBound)) AND \(column) < \(dialect.literal(range.upperBound))"
    }

    /// All of `conditions` and the tenant's.
    func rows(_ conditions: [String]) -> String {
        (conditions + tenant).joined(separator: " AND ")
    }
}
