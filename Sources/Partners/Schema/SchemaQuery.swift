extension Dialect {
    /// Rows of table and column name, of the tables that `SchemaMap` knows and perhaps others.
    var schemaQuery: String {
        let names = SchemaMap.Known.allCases.map { literal($0.rawValue) }.joined(separator: ", ")
        return switch self {
        case .mysql, .mariaDB:
            "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS"
                + " WHERE TABLE_SCHEMA = DATABASE() AND LOWER(TABLE_NAME) IN (\(names))"
        case .sqlite:
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
                + " WHERE m.type IN ('table', 'view') AND LOWER(m.name) IN (\(names))"
        }
    }
}
