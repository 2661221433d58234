package import Foundation

/// A partner's trouble from its beginning to its end. A partner has at most one that is open.
package struct Alert: Sendable, Equatable, Identifiable {
    /// Hidden by an operator for a while.
    package struct Dismissal: Sendable, Equatable {
        package let until: Date
        /// The name of the user.
        package let by: String
        /// How bad the alert was then: once it gets worse, the dismissal is void.
        package let level: AlertLevel

        package init(until: Date, by: String, level: AlertLevel) {
            self.until = until
            self.by = by
            self.level = level
        }
    }

    /// A UUID in lower case.
    package let id: String
    package let partnerID: PartnerID
    /// The partner's name as it is now.
    package var partnerName: String
    /// Of a resolved alert: what it was last; like `message`.
    package var level: AlertLevel
    /// With the numbers of the latest reading.
    package var message: String
    package let openedAt: Date
    /// When it last became news: another level, or another sentence. Other numbers in the same sentence are none.
    package var changedAt: Date
    package var resolvedAt: Date?
    package var dismissal: Dismissal?

    package init(
        id: String, partnerID: PartnerID, partnerName: String, level: AlertLevel, message: String, openedAt: Date,
        changedAt: Date, resolvedAt: Date?, dismissal: Dismissal?
    ) {
        self.id = id
        self.partnerID = partnerID
        self.partnerName = partnerName
        self.level = level
        self.message = message
        self.openedAt = openedAt
        self.changedAt = changedAt
        self.resolvedAt = resolvedAt
        self.dismissal = dismissal
    }

    package var isOpen: Bool { resolvedAt == nil }

    /// Whether it is to be hidden now.
    package func isDismissed(at now: Date) -> Bool {
        dismissal.map { $0.until > now } ?? false
    }
}

extension Alert {
    /// What becomes of a partner's open alert (`nil`: there is none) now that the partner stands like this:
    /// opened, changed, resolved, or as it was.
    ///
    /// Nobody is alarmed by `NORMAL`, `IDLE`, a partner of which nothing is known, or an inactive one.
    package static func following(
        _ open: Alert?, of partner: Partner, standing judgement: Judgement?, at now: Date
    ) -> Alert? {
        let alarm = judgement.flatMap { partner.configuration.isActive && $0.level > .idle ? $0 : nil }
        guard let alarm else { return open?.resolved(at: now) }
        return open?.changed(to: alarm, at: now) ?? Alert(alarm, of: partner, at: now)
    }

    /// Hidden until `moment`, or until it is worse than now.
    package func dismissed(until moment: Date, by user: String) -> Alert {
        var alert = self
        alert.dismissal = Dismissal(until: moment, by: user, level: level)
        return alert
    }

    private init(_ alarm: Judgement, of partner: Partner, at now: Date) {
        self.init(
            id: UUID().uuidString.lowercased(), partnerID: partner.id, partnerName: partner.configuration.name,
            level: alarm.level, message: alarm.message ?? alarm.level.rawValue, openedAt: now, changedAt: now,
            resolvedAt: nil, dismissal: nil)
    }

    private func resolved(at now: Date) -> Alert {
        var alert = self
        alert.resolvedAt = now
        return alert
    }

    private func changed(to alarm: Judgement, at now: Date) -> Alert {
        var alert = self
        alert.level = alarm.level
        alert.message = alarm.message ?? alarm.level.rawValue
        if alert.level != level || AlertText(alert.message).text != AlertText(message).text { alert.changedAt = now }
        if let dismissal, alert.level > dismissal.level { alert.dismissal = nil }
        return alert
    }
}

extension Alert {
    /// Worst first; of the same level, who has waited longest.
    package static func isMoreUrgent(_ left: Alert, than right: Alert) -> Bool {
        guard left.level == right.level else { return left.level > right.level }
        return (left.openedAt, left.id) < (right.openedAt, right.id)
    }
}

/// How many alerts are open and not dismissed, by level.
package struct AlertSummary: Sendable, Equatable {
    package var critical = 0
    package var high = 0
    package var medium = 0
    /// Partners that cannot be read.
    package var offline = 0

    /// Counts those of `alerts` that are open and not hidden at `now`.
    package init(_ alerts: some Sequence<Alert>, at now: Date) {
        for alert in alerts where alert.isOpen && !alert.isDismissed(at: now) {
            switch alert.level {
            case .critical: critical += 1
            case .high: high += 1
            case .medium: medium += 1
            case .error: offline += 1
            case .normal, .idle: break
            }
        }
    }
}
