import Foundation

/// The tables of a partner database, in one of the variants that exist.
package struct PartnerSchema: Sendable {
    package enum Dialect: Sendable {
        /// Also MariaDB.
        case mysql
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
    /// The tables that have a `tenantId` column; of `campaigns`, `calls` and `submittals`.
    package var tenantTables: Set<Table> = []
    package var missing: Set<Table> = []
    /// With the indexes that a well-kept partner has.
    package var hasIndexes = true

    package init(dialect: Dialect = .mysql) {
        self.dialect = dialect
    }

    /// The table's name as this schema writes it, quoted.
    package func name(_ table: Table) -> String {
        let name =
            switch spelling {
            case .exact: table.rawValue
            case .upperCase: table.rawValue.uppercased()
            case .capitalized: table == .links ? "_CampaignToContact" : table.rawValue.capitalized
            }
        return "`\(name)`"
    }

    /// What creates the tables, each statement ending in `;` and a line break.
    package var statements: [String] {
        Table.allCases.filter { !missing.contains($0) }.flatMap { [create($0)] + indexes(on: $0) }
    }

    private func create(_ table: Table) -> String {
        let tenant = tenantTables.contains(table) ? ", `tenantId` int NOT NULL DEFAULT 0" : ""
        return "CREATE TABLE \(name(table)) (\(columns(of: table))\(tenant));\n"
    }

    private func columns(of table: Table) -> String {
        let text = dialect == .mysql ? "varchar(191)" : "text"
        return switch table {
        case .campaigns:
            "`id` int PRIMARY KEY, `name` \(text) NOT NULL, `status` \(text) NOT NULL, "
                + "`deleted` tinyint(1) NOT NULL DEFAULT 0, `createdAt` datetime NOT NULL"
        case .calls:
            "`id` int PRIMARY KEY, `status` \(text) NULL, `endReason` \(text) NULL, `createdAt` datetime NOT NULL, "
                + "`updatedAt` datetime NOT NULL, `contactId` int NOT NULL, `campaignId` int NOT NULL, `duration` int NULL"
        case .links: "`A` int NOT NULL, `B` int NOT NULL"
        case .contacts:
            "`id` int PRIMARY KEY, `firstName` \(text) NULL, `lastName` \(text) NULL, `phone` \(text) NULL"
        case .submittals: "`id` int PRIMARY KEY, `status` \(text) NOT NULL, `createdAt` datetime NOT NULL"
        case .settings: "`name` \(text) PRIMARY KEY, `value` text NULL"
        case .settingsAudit:
            "`userid` bigint NOT NULL, `oldvalue` text NULL, `newvalue` text NULL, `createdat` datetime NOT NULL"
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
            "CREATE INDEX `\(table.rawValue)_\(number)` ON \(name(table)) (\(column));\n"
        }
    }
}
