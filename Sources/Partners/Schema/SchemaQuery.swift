extension Dialect {
    /// Rows of table and column name, of the tables that `SchemaMap` knows and perhaps others; in PostgreSQL also of the
    /// labels of an enumeration. There it is the search path that says which of two tables a plain name means.
    var schemaQuery: String {
        let names = SchemaMap.Known.allCases.map { literal($0.rawValue) }.joined(separator: ", ")
        return switch self {
        case .mysql, .mariaDB:
            "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS"
                + " WHERE TABLE_SCHEMA = DATABASE() AND LOWER(TABLE_NAME) IN (\(names))"
        case .postgreSQL:
            """
            SELECT c.relname, a.attname, CASE t.typtype WHEN 'e' THEN COALESCE(e.enumlabel, '') END
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid
            WHERE LOWER(c.relname) IN (\(names)) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            AND c.relnamespace <> 'pg_catalog'::regnamespace AND pg_catalog.pg_table_is_visible(c.oid)
            AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE')
            """
        case .sqlite:
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
                + " WHERE m.type IN ('table', 'view') AND LOWER(m.name) IN (\(names))"
        }
    }
}
