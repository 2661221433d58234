import Domain
import Foundation

/// The one statement that reads a partner's live numbers: one row, hence one consistent view and one round trip.
///
/// No column is wrapped where an index could answer: days are half-open ranges of instants.
struct MetricsQuery: Sendable {
    let sql: String
    /// The same without a time limit, for a server to check.
    let select: String

    init(
        schema: SchemaMap, dialect: Dialect, tenantID: Int64, today: Range<Date>, limit: Duration
    ) throws(SchemaFault) {
        let sources = try MetricsSources(schema: schema, dialect: dialect, tenantID: tenantID, today: today)
        let columns = try sources.columns
        sql = dialect.limited(columns, to: limit)
        select = "SELECT " + columns
    }

    /// Throws what the schema lacks for the metrics.
    static func check(_ schema: SchemaMap, _ dialect: Dialect) throws(SchemaFault) {
        _ = try MetricsQuery(
            schema: schema, dialect: dialect, tenantID: 0, today: .sample, limit: .zero)
    }
}

/// The parts of the metrics query, each limited to the tenant where its table can be.
private struct MetricsSources {
    let dialect: Dialect
    let today: Range<Date>
    let campaigns: QueryTable
    let calls: QueryTable
    let links: QueryTable
    let settings: QueryTable?

    init(schema: SchemaMap, dialect: Dialect, tenantID: Int64, today: Range<Date>) throws(SchemaFault) {
        self.dialect = dialect
        self.today = today
        campaigns = QueryTable(try schema.table(.campaigns), dialect, tenantID: tenantID)
        calls = QueryTable(try schema.table(.calls), dialect, tenantID: tenantID)
        links = QueryTable(try schema.table(.campaignToContact), dialect, tenantID: tenantID)
        settings = schema.table(ifPresent: .settings).map { QueryTable($0, dialect, tenantID: tenantID) }
    }

    /// In the order of `MetricsRow`; named, or else servers send each expression back as its name.
    var columns: String {
        get throws(SchemaFault) {
            let campaign = Alias("c", of: campaigns)
            let call = Alias("k", of: calls)
            return try """
            (\(count(campaign, where: [isToday(campaign, "createdAt"), notDeleted(campaign)]))) AS started,
            (\(count(campaign, where: [isRunning(campaign)]))) AS running,
            (\(count(call, where: [hasStatus(call, "INPROGRESS")]))) AS active,
            (\(count(call, where: [hasStatus(call, "QUEUED")]))) AS queued,
            done.total, done.voicemail, done.ended_by_customer,
            (\(remaining)) AS remaining,
            (\(setting(.concurrencyLimit))) AS concurrency,
            (\(setting(.pauseNonPriorityCampaigns))) AS pause
            FROM (\(completed)) done
            """
        }
    }

    private var completed: String {
        get throws(SchemaFault) {
            let call = Alias("k", of: calls)
            return try """
            SELECT COUNT(*) AS total,
            COALESCE(SUM(CASE WHEN \(call.isOne("endReason", of: "voicemail")) THEN 1 ELSE 0 END), 0) AS voicemail,
            COALESCE(SUM(CASE WHEN \(call.isOne("endReason", of: "customer-ended-call")) THEN 1 ELSE 0 END), 0)
            AS ended_by_customer
            FROM \(call.source) WHERE \(call.rows([hasStatus(call, "ENDED"), isToday(call, "updatedAt")]))
            """
        }
    }

    /// Calls are gathered by campaign and contact first, so that the work grows with the rows, whatever the indexes.
    private var remaining: String {
        get throws(SchemaFault) {
            let (campaign, link) = (Alias("c", of: campaigns), Alias("l", of: links))
            let contact = try link.column("B")
            return try """
            SELECT COUNT(DISTINCT \(contact)) FROM \(campaign.source)
            JOIN \(link.source) ON \(link.column("A")) = \(campaign.column("id"))
            LEFT JOIN (\(gatheredCalls)) g ON g.campaign = \(campaign.column("id")) AND g.contact = \(contact)
            WHERE \(campaign.rows([isRunning(campaign)] + link.tenant)) AND (g.is_open IS NULL OR g.is_open = 1)
            """
        }
    }

    private var gatheredCalls: String {
        get throws(SchemaFault) {
            let (call, campaign) = (Alias("k", of: calls), Alias("r", of: campaigns))
            let (campaignID, contactID) = (try call.column("campaignId"), try call.column("contactId"))
            let isOpen = try call.isOne("status", of: "QUEUED", "INPROGRESS")
            return try """
            SELECT \(campaignID) AS campaign, \(contactID) AS contact,
            MAX(CASE WHEN \(isOpen) THEN 1 ELSE 0 END) AS is_open
            FROM \(call.source) JOIN \(campaign.source) ON \(campaign.column("id")) = \(campaignID)
            WHERE \(call.rows([isRunning(campaign)] + campaign.tenant)) GROUP BY \(campaignID), \(contactID)
            """
        }
    }

    private func setting(_ field: SettingField) throws(SchemaFault) -> String {
        guard let settings else { return "NULL" }
        let row = Alias("s", of: settings)
        let isNamed = try row.isOne("name", of: field.settingName)
        return "SELECT \(try row.column("value")) FROM \(row.source) WHERE \(row.rows([isNamed])) LIMIT 1"
    }

    private func count(_ table: Alias, where conditions: [String]) -> String {
        "SELECT COUNT(*) FROM \(table.source) WHERE \(table.rows(conditions))"
    }

    private func hasStatus(_ table: Alias, _ status: String) throws(SchemaFault) -> String {
        try table.isOne("status", of: status)
    }

    private func notDeleted(_ campaign: Alias) throws(SchemaFault) -> String {
        "\(try campaign.column("deleted")) = \(dialect.literal(0))"
    }

    private func isRunning(_ campaign: Alias) throws(SchemaFault) -> String {
        "\(try hasStatus(campaign, "RUNNING")) AND \(try notDeleted(campaign))"
    }

    private func isToday(_ table: Alias, _ column: String) throws(SchemaFault) -> String {
        try table.isWithin(today, column)
    }
}

extension Range<Date> {
    /// A day for statements that are checked and never carried out.
    static var sample: Range<Date> { Date(timeIntervalSince1970: 0)..<Date(timeIntervalSince1970: 86_400) }
}
