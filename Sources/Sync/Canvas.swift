import Domain
import Foundation
import NIOCore
import Store

/// What the live picture is made of. Pure: the time comes in, and an answer is encoded only if something changed.
struct Canvas {
    private struct Entry {
        var record: PartnerRecord
        var isVisited = false
        /// Whether `fragment` says what is so now.
        var isDrawn = false
        var fragment: Fragment?
        /// What was last told of an open alert.
        var alert: NumberedEvent?
    }

    /// One partner's JSON as it was last encoded, true as long as it is or is not stale.
    private struct Fragment {
        let number: Int
        let json: ByteBuffer
        let isStale: Bool

        var event: NumberedEvent {
            NumberedEvent(number: number, event: PictureEvent(kind: .partner, json: json))
        }
    }

    private var entries: [PartnerID: Entry] = [:]
    private var snapshots: [PartnerID: Snapshot]
    /// By name, without regard to case.
    private var order: [(name: String, id: PartnerID)] = []
    private var settings: Settings
    private let startedAt: Date
    private var log = ChangeLog()
    private var overview = Answer()
    private var partners = Answer()
    /// The time in which everything holds as it is drawn; `nil`: something changed since.
    private var drawn: Range<Date>?
    private var drawnAt: ContinuousClock.Instant?

    init(snapshots: [PartnerID: Snapshot], settings: Settings, startedAt: Date) {
        self.snapshots = snapshots
        self.settings = settings
        self.startedAt = startedAt
    }

    /// Adds or replaces a partner.
    mutating func set(_ record: PartnerRecord) {
        let id = record.partner.id
        let known = entries[id]
        var entry = known ?? Entry(record: record)
        entry.record = record
        entry.isDrawn = false
        if let known { note(record.alert, after: known.record.alert, in: &entry) }
        entries[id] = entry
        place(id, named: record.partner.configuration.name, before: known?.record.partner.configuration.name)
        touch()
    }

    /// Shows a newer reading of a partner that is still there.
    mutating func set(_ snapshot: Snapshot) {
        guard entries[snapshot.partnerID] != nil else { return }
        snapshots[snapshot.partnerID] = snapshot
        entries[snapshot.partnerID]?.isDrawn = false
        touch()
    }

    /// Marks the begin or end of a visit.
    mutating func setVisited(_ id: PartnerID, _ isVisited: Bool) {
        guard let entry = entries[id], entry.isVisited != isVisited else { return }
        entries[id]?.isVisited = isVisited
        entries[id]?.isDrawn = false
        partners.isCurrent = false
        drawn = nil
    }

    mutating func remove(_ id: PartnerID) {
        guard entries.removeValue(forKey: id) != nil else { return }
        snapshots[id] = nil
        order.removeAll { $0.id == id }
        var writer = JSONWriter()
        writer.object { $0.member("id", id.rawValue) }
        log.keep(PictureEvent(kind: .removed, json: writer.buffer))
        touch()
    }

    /// Judges everything by other settings.
    mutating func set(_ settings: Settings) {
        self.settings = settings
        for id in entries.keys { entries[id]?.isDrawn = false }
        touch()
    }

    func partner(_ id: PartnerID) -> Partner? {
        entries[id]?.record.partner
    }

    /// In no order; the dismissed included.
    var openAlerts: [Alert] {
        entries.values.compactMap(\.record.alert).filter(\.isOpen)
    }

    func standing(of id: PartnerID, at now: Date) -> PartnerStanding? {
        entries[id].map { standing(of: $0, at: now) }
    }

    func standings(at now: Date) -> [PartnerStanding] {
        order.compactMap { standing(of: $0.id, at: now) }
    }

    func overview(at now: Date) -> Overview {
        Overview(standings(at: now), startedAt: startedAt)
    }

    mutating func encodedOverview(at now: Date) -> EncodedJSON {
        if let json = overview.json(at: now) { return json }
        let sums = overview(at: now)
        var writer = JSONWriter()
        sums.write(to: &writer)
        return overview.renew(writer.buffer, validIn: constantStaleness(around: now), log: &log)
    }

    mutating func encodedPartners(at now: Date) -> EncodedJSON {
        if let json = partners.json(at: now) { return json }
        var body = ByteBuffer(string: "[")
        for (index, place) in order.enumerated() {
            if index > 0 { body.writeStaticString(",") }
            body.writeImmutableBuffer(fragment(of: place.id, at: now))
        }
        body.writeStaticString("]")
        return partners.renew(body, validIn: constantStaleness(around: now), log: &log)
    }
}

extension Canvas {
    /// The shortest time between two drawings for the stream, however many listen: with all partners changing all the
    /// time, the work for it stays below a few percent of a core.
    private static let pause = Duration.milliseconds(100)

    /// What changed since `place`, in the order of the changes, coalesced; with `nil` the whole. Returns `nil` if what
    /// changed is not known any more: begin anew. `moment` only paces the drawing.
    mutating func changes(
        since place: Int?, at now: Date, moment: ContinuousClock.Instant
    ) -> PictureChanges? {
        guard let place else { return whole(at: now) }
        if drawnAt.map({ moment - $0 >= Self.pause }) ?? true { draw(at: now, moment: moment) }
        guard place < log.number else { return log.changes([], to: place) }
        guard let endings = log.endings(since: place) else { return nil }
        var news = Array(endings)
        if let event = overview.event, event.number > place { news.append(event) }
        for entry in entries.values {
            if let fragment = entry.fragment, fragment.number > place { news.append(fragment.event) }
            if let alert = entry.alert, alert.number > place { news.append(alert) }
        }
        news.sort { $0.number < $1.number }
        return log.changes(news.map(\.event), to: log.number)
    }

    /// The overview whatever its number, then what else changed since `place`.
    mutating func continuation(
        from place: Int, at now: Date, moment: ContinuousClock.Instant
    ) -> PictureChanges? {
        let sums = PictureEvent(kind: .overview, json: encodedOverview(at: now).body)
        return changes(since: place, at: now, moment: moment).map { changes in
            log.changes([sums] + changes.events.filter { $0.kind != .overview }, to: changes.place)
        }
    }

    func place(of id: String) -> Int? {
        log.place(of: id)
    }

    /// The overview, then every partner by name.
    private mutating func whole(at now: Date) -> PictureChanges {
        let overview = PictureEvent(kind: .overview, json: encodedOverview(at: now).body)
        let partners = order.map { PictureEvent(kind: .partner, json: fragment(of: $0.id, at: now)) }
        return log.changes([overview] + partners, to: log.number)
    }

    /// Encodes what changed, so that it has its number.
    private mutating func draw(at now: Date, moment: ContinuousClock.Instant) {
        drawnAt = moment
        if let drawn, drawn.contains(now) { return }
        for place in order { _ = fragment(of: place.id, at: now) }
        _ = encodedOverview(at: now)
        drawn = constantStaleness(around: now)
    }

    /// Two of a partner's alerts may have ended between two looks at the store: the older ended before the newer began.
    private mutating func note(_ alert: Alert?, after known: Alert?, in entry: inout Entry) {
        guard let alert, alert != known else { return }
        if var known, known.isOpen, known.id != alert.id {
            known.resolvedAt = alert.openedAt
            log.keep(known.event)
        }
        if alert.isOpen {
            entry.alert = NumberedEvent(number: log.next(), event: alert.event)
        } else {
            entry.alert = nil
            log.keep(alert.event)
        }
    }
}

extension Alert {
    fileprivate var event: PictureEvent {
        var writer = JSONWriter()
        write(to: &writer)
        return PictureEvent(kind: .alert, json: writer.buffer)
    }
}

extension Canvas {
    private mutating func touch() {
        overview.isCurrent = false
        partners.isCurrent = false
        drawn = nil
    }

    private mutating func place(_ id: PartnerID, named name: String, before oldName: String?) {
        guard name != oldName else { return }
        if oldName != nil { order.removeAll { $0.id == id } }
        let key = name.caseFolded
        let index = order.partitioningIndex { ($0.name, $0.id) >= (key, id) }
        order.insert((key, id), at: index)
    }

    private func standing(of entry: Entry, at now: Date) -> PartnerStanding {
        var sync = entry.record.sync
        let snapshot = snapshots[entry.record.partner.id]
        if entry.isVisited { sync.status = .inProgress }
        return PartnerStanding(
            partner: entry.record.partner, sync: sync, pending: entry.record.pending, snapshot: snapshot,
            judgement: sync.standing(after: snapshot.map { judge($0.metrics, by: settings) }),
            isStale: snapshot?.isStale(at: now, settings: settings) ?? false)
    }

    private mutating func fragment(of id: PartnerID, at now: Date) -> ByteBuffer {
        guard let entry = entries[id] else { return ByteBuffer(string: "null") }
        let isStale = snapshots[id]?.isStale(at: now, settings: settings) ?? false
        if let fragment = entry.fragment, entry.isDrawn, fragment.isStale == isStale { return fragment.json }
        var writer = JSONWriter()
        standing(of: entry, at: now).write(to: &writer)
        let same = entry.fragment.flatMap { $0.json == writer.buffer ? $0 : nil }
        let fragment = Fragment(
            number: same?.number ?? log.next(), json: same?.json ?? writer.buffer, isStale: isStale)
        entries[id]?.fragment = fragment
        entries[id]?.isDrawn = true
        return fragment.json
    }

    /// The time around `now` in which nobody becomes stale, nor fresh again should the clock be set back.
    private func constantStaleness(around now: Date) -> Range<Date> {
        var range = Date.distantPast..<Date.distantFuture
        for snapshot in snapshots.values {
            let moment = settings.staleMoment(ofSnapshotAt: snapshot.time)
            range =
                snapshot.isStale(at: now, settings: settings)
                ? max(range.lowerBound, moment)..<range.upperBound : range.lowerBound..<min(range.upperBound, moment)
        }
        return range
    }
}

/// An answer as it was last encoded, and how long it holds.
private struct Answer {
    var isCurrent = false
    private var json: EncodedJSON?
    private var number = 0
    private var validity = Date.distantPast..<Date.distantPast

    /// What it last said, as an event; `nil` before it was encoded.
    var event: NumberedEvent? {
        json.map { NumberedEvent(number: number, event: PictureEvent(kind: .overview, json: $0.body)) }
    }

    func json(at now: Date) -> EncodedJSON? {
        isCurrent && validity.contains(now) ? json : nil
    }

    /// Keeps the tag if the bytes are what they were, so that clients need not fetch them again.
    mutating func renew(_ body: ByteBuffer, validIn validity: Range<Date>, log: inout ChangeLog) -> EncodedJSON {
        self.validity = validity
        isCurrent = true
        if let json, json.body == body { return json }
        number = log.next()
        let renewed = EncodedJSON(body: body, etag: log.tag(number))
        json = renewed
        return renewed
    }
}
