import Domain
import Foundation
import Testing

@Suite("The life of an alert")
struct AlertTests {
    private let start = Date(timeIntervalSince1970: 1_730_900_000)

    private func partner(isActive: Bool = true) -> Partner {
        let configuration = PartnerConfiguration(
            name: "Acme", tenantID: 7,
            database: DatabaseEndpoint(kind: .mysql, host: "db", port: 3306, name: "calls", username: "reader"),
            concurrencyLimit: 10, isActive: isActive)
        return Partner(
            id: PartnerID("p"), configuration: configuration, revision: 1, createdAt: start, updatedAt: start)
    }

    private func alert(_ level: AlertLevel, _ message: String, dismissed: AlertLevel? = nil) -> Alert {
        Alert(
            id: "a", partnerID: PartnerID("p"), partnerName: "Acme", level: level, message: message,
            openedAt: start - 100, changedAt: start - 50, resolvedAt: nil,
            dismissal: dismissed.map { Alert.Dismissal(until: start + 100, by: "ann", level: $0) })
    }

    private func following(_ open: Alert?, _ level: AlertLevel?, _ message: String? = "m", isActive: Bool = true)
        -> Alert?
    {
        Alert.following(
            open, of: partner(isActive: isActive), standing: level.map { Judgement(level: $0, message: message) },
            at: start)
    }

    @Test("It is opened by whatever alarms, and by nothing else", arguments: AlertLevel.allCases)
    func opened(level: AlertLevel) throws {
        let opened = following(nil, level)
        guard ![.normal, .idle].contains(level) else {
            #expect(opened == nil)
            return
        }
        let alert = try #require(opened)
        #expect(alert.level == level && alert.message == "m")
        #expect(alert.partnerID == PartnerID("p") && alert.partnerName == "Acme")
        #expect(alert.openedAt == start && alert.changedAt == start)
        #expect(alert.isOpen && alert.dismissal == nil)
        #expect(following(nil, level)?.id != alert.id)
    }

    @Test("Back at rest, deactivated or unknown, it is resolved as it was last")
    func resolved() {
        let open = alert(.high, "Growing queue (100)")
        var expected = open
        expected.resolvedAt = start
        #expect(following(open, .normal, nil) == expected)
        #expect(following(open, .idle) == expected)
        #expect(following(open, nil) == expected)
        #expect(following(open, .critical, isActive: false) == expected)
        #expect(following(nil, .critical, isActive: false) == nil)
        #expect(following(nil, nil) == nil)
    }

    @Test(
        "It shows the present level and sentence, and is news when either changes, numbers apart",
        arguments: [
            (AlertLevel.high, "Growing queue (100) with low utilization (3.5%)", false),
            (.high, "Growing queue (9) with low utilization (0.0%)", false),
            (.high, "31 campaigns with limited concurrency (14)", true),
            (.critical, "Growing queue (100) with low utilization (3.5%)", true),
            (.medium, "Moderate queue (50) and utilization (40.0%)", true),
            (.error, "SSH connection failed: Connection refused", true),
        ])
    func changed(level: AlertLevel, message: String, isNews: Bool) {
        var expected = alert(.high, "Growing queue (100) with low utilization (3.5%)")
        let changed = following(expected, level, message)
        (expected.level, expected.message) = (level, message)
        if isNews { expected.changedAt = start }
        #expect(changed == expected)
    }

    @Test(
        "A dismissal is void once the alert is worse than it was then",
        arguments: [
            (AlertLevel.high, AlertLevel.high, AlertLevel.high, true), (.high, .high, .critical, false),
            (.high, .high, .error, false), (.high, .high, .medium, true), (.medium, .high, .high, true),
            (.medium, .high, .critical, false),
        ])
    func dismissed(now: AlertLevel, then: AlertLevel, next: AlertLevel, holds: Bool) {
        #expect((following(alert(now, "m", dismissed: then), next)?.dismissal != nil) == holds)
    }

    @Test("It is hidden until the moment that was said, not at it")
    func hidden() {
        let hidden = alert(.high, "m").dismissed(until: start + 10, by: "ann")
        #expect(hidden.dismissal == Alert.Dismissal(until: start + 10, by: "ann", level: .high))
        #expect(hidden.isDismissed(at: start + 9.9))
        #expect(!hidden.isDismissed(at: start + 10))
        #expect(!alert(.high, "m").isDismissed(at: start))
    }

    @Test("The worst comes first, then who has waited longest")
    func order() {
        func alert(_ id: String, _ level: AlertLevel, _ age: TimeInterval) -> Alert {
            Alert(
                id: id, partnerID: PartnerID(id), partnerName: id, level: level, message: "m", openedAt: start - age,
                changedAt: start, resolvedAt: nil, dismissal: nil)
        }
        let alerts = [
            alert("1", .medium, 900), alert("2", .critical, 10), alert("3", .error, 1), alert("5", .critical, 20),
            alert("4", .critical, 20), alert("6", .high, 20),
        ]
        #expect(alerts.sorted(by: Alert.isMoreUrgent).map(\.id) == ["3", "4", "5", "2", "6", "1"])
    }

    @Test("The summary counts what is open and not hidden")
    func summary() {
        var over = alert(.critical, "m")
        over.resolvedAt = start
        let alerts = [
            alert(.critical, "m"), alert(.critical, "m"), alert(.high, "m"), alert(.medium, "m"), alert(.error, "m"),
            alert(.high, "m", dismissed: .high), over,
        ]
        func counts(at now: Date) -> [Int] {
            let summary = AlertSummary(alerts, at: now)
            return [summary.critical, summary.high, summary.medium, summary.offline]
        }
        #expect(counts(at: start) == [2, 1, 1, 1])
        #expect(counts(at: start + 100) == [2, 2, 1, 1])
    }
}
