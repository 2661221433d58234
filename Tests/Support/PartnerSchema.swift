import Foundation

/// The tables of a partner database, in one of the variants that exist.
package struct PartnerSchema: Sendable {
    package enum Dialect: Sendable {
        /// Also MariaDB.
        case mysql
        /// As Prisma makes it: names in camel case, in quotes, and booleans.
        case postgreSQL
        case sqlite
    }

    /// The raw value is the table's exact name.
    package enum Table: String, Sendable, CaseIterable {
        case campaigns
        case calls
        case links = "_campaigntocontact"
        case contacts
        case submittals = "ats_submittals"
        case settings
        case settingsAudit = "settings_auditlogs"
    }

    /// How table names are written; on Linux, MySQL tells upper from lower case.
    package enum Spelling: Sendable {
        case exact
        case upperCase
        case capitalized
    }

    package var dialect = Dialect.mysql
    package var spelling = Spelling.exact
    /// The tables that have a column for the tenant; of `campaigns`, `calls` and `submittals`.
    package var tenantTables: Set<Table> = []
    package var tenantColumn = "tenantId"
    package var missing: Set<Table> = []
    /// PostgreSQL only: the statuses are enumerations of these labels; `nil`: texts.
    package var statusLabels: [String]?
    /// PostgreSQL only: `deleted` is a whole number, as elsewhere.
    package var hasNumericFlags = false
    /// With the indexes that a well-kept partner has.
    package var hasIndexes = true

    package init(dialect: Dialect = .mysql) {
        self.dialect = dialect
    }

    /// The table's name as this schema writes it, quoted.
    package func name(_ table: Table) -> String {
        let name =
            switch spelling {
            case .exact: table == .links && dialect == .postgreSQL ? "_CampaignToContact" : table.rawValue
            case .upperCase: table.rawValue.uppercased()
            case .capitalized: table == .links ? "_CampaignToContact" : table.rawValue.capitalized
            }
        return quoted(name)
    }

    /// A name as this schema's kind of database wants it.
    package func quoted(_ name: String) -> String { dialect == .postgreSQL ? "\"\(name)\"" : "`\(name)`" }

    /// The type of a moment in UTC.
    package var momentType: String { dialect == .postgreSQL ? "timestamp(3)" : "datetime" }

    /// What creates the tables, each statement ending in `;` and a line break.
    package var statements: [String] {
        let types = statusLabels.map { labels in
            "CREATE TYPE \(quoted("Status")) AS ENUM (\(labels.map { sql($0) }.joined(separator: ", ")));\n"
        }
        let tables = Table.allCases.filter { !missing.contains($0) }.flatMap { [create($0)] + indexes(on: $0) }
        return (types.map { [$0] } ?? []) + tables
    }

    private func create(_ table: Table) -> String {
        let tenant = tenantTables.contains(table) ? ", `\(tenantColumn)` int NOT NULL DEFAULT 0" : ""
        let columns = columns(of: table) + tenant
        return
            "CREATE TABLE \(name(table)) (\(dialect == .postgreSQL ? columns.replacing("`", with: "\"") : columns));\n"
    }

    private func columns(of table: Table) -> String {
        let text = dialect == .mysql ? "varchar(191)" : "text"
        let status = statusLabels == nil ? text : quoted("Status")
        let flag = dialect == .postgreSQL ? (hasNumericFlags ? "int" : "boolean") : "tinyint(1)"
        let moment = momentType
        return switch table {
        case .campaigns:
            "`id` int PRIMARY KEY, `name` \(text) NOT NULL, `status` \(status) NOT NULL, "
                + "`deleted` \(flag) NOT NULL DEFAULT '0', `createdAt` \(moment) NOT NULL"
        case .calls:
            "`id` int PRIMARY KEY, `status` \(status) NULL, `endReason` \(text) NULL, `createdAt` \(moment) NOT NULL, "
                + "`updatedAt` \(moment) NOT NULL, `contactId` int NOT NULL, `campaignId` int NOT NULL, `duration` int NULL"
        case .links: "`A` int NOT NULL, `B` int NOT NULL"
        case .contacts:
            "`id` int PRIMARY KEY, `firstName` \(text) NULL, `lastName` \(text) NULL, `phone` \(text) NULL"
        case .submittals: "`id` int PRIMARY KEY, `status` \(status) NULL, `createdAt` \(moment) NOT NULL"
        case .settings: "`name` \(text) PRIMARY KEY, `value` text NULL"
        case .settingsAudit:
            "`userid` bigint NOT NULL, `oldvalue` text NULL, `newvalue` text NULL, `createdat` \(moment) NOT NULL"
        }
    }

    private func indexes(on table: Table) -> [String] {
        guard hasIndexes else { return [] }
        let columns: [String] =
            switch table {
            case .calls: ["`status`", "`createdAt`", "`updatedAt`", "`campaignId`, `contactId`"]
            case .links: ["`A`, `B`"]
            case .campaigns: ["`createdAt`"]
            default: []
            }
        return columns.enumerated().map { number, column in
            let names = dialect == .postgreSQL ? column.replacing("`", with: "\"") : column
            return "CREATE INDEX \(quoted("\(table.rawValue)_\(number)")) ON \(name(table)) (\(names));\n"
        }
    }
}
