import Domain
import Foundation
import NIOCore
import Store

/// What the live picture is made of. Pure: the time comes in, and an answer is encoded only if something changed.
struct Canvas {
    private struct Entry {
        var record: PartnerRecord
        var isVisited = false
        var fragment: Fragment?
    }

    /// One partner's JSON, true as long as it is or is not stale.
    private struct Fragment {
        let json: ByteBuffer
        let isStale: Bool
    }

    private var entries: [PartnerID: Entry] = [:]
    private var snapshots: [PartnerID: Snapshot]
    /// By name, without regard to case.
    private var order: [(name: String, id: PartnerID)] = []
    private var settings: Settings
    private let startedAt: Date
    private var tags = EntityTags()
    private var overview = Answer()
    private var partners = Answer()

    init(snapshots: [PartnerID: Snapshot], settings: Settings, startedAt: Date) {
        self.snapshots = snapshots
        self.settings = settings
        self.startedAt = startedAt
    }

    /// Adds or replaces a partner.
    mutating func set(_ record: PartnerRecord) {
        let id = record.partner.id
        let known = entries[id]
        entries[id] = Entry(record: record, isVisited: known?.isVisited ?? false)
        place(id, named: record.partner.configuration.name, before: known?.record.partner.configuration.name)
        touch()
    }

    /// Shows a newer reading of a partner that is still there.
    mutating func set(_ snapshot: Snapshot) {
        guard entries[snapshot.partnerID] != nil else { return }
        snapshots[snapshot.partnerID] = snapshot
        entries[snapshot.partnerID]?.fragment = nil
        touch()
    }

    /// Marks the begin or end of a visit.
    mutating func setVisited(_ id: PartnerID, _ isVisited: Bool) {
        guard let entry = entries[id], entry.isVisited != isVisited else { return }
        entries[id]?.isVisited = isVisited
        entries[id]?.fragment = nil
        partners.isCurrent = false
    }

    mutating func remove(_ id: PartnerID) {
        guard entries.removeValue(forKey: id) != nil else { return }
        snapshots[id] = nil
        order.removeAll { $0.id == id }
        touch()
    }

    /// Judges everything by other settings.
    mutating func set(_ settings: Settings) {
        self.settings = settings
        for id in entries.keys { entries[id]?.fragment = nil }
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
        return overview.renew(writer.buffer, validIn: constantStaleness(around: now), tags: &tags)
    }

    mutating func encodedPartners(at now: Date) -> EncodedJSON {
        if let json = partners.json(at: now) { return json }
        var body = ByteBuffer(string: "[")
        for (index, place) in order.enumerated() {
            if index > 0 { body.writeStaticString(",") }
            body.writeImmutableBuffer(fragment(of: place.id, at: now))
        }
        body.writeStaticString("]")
        return partners.renew(body, validIn: constantStaleness(around: now), tags: &tags)
    }
}

extension Canvas {
    private mutating func touch() {
        overview.isCurrent = false
        partners.isCurrent = false
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
        if let fragment = entry.fragment, fragment.isStale == isStale { return fragment.json }
        var writer = JSONWriter()
        standing(of: entry, at: now).write(to: &writer)
        entries[id]?.fragment = Fragment(json: writer.buffer, isStale: isStale)
        return writer.buffer
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
    private var validity = Date.distantPast..<Date.distantPast

    func json(at now: Date) -> EncodedJSON? {
        isCurrent && validity.contains(now) ? json : nil
    }

    /// Keeps the tag if the bytes are what they were, so that clients need not fetch them again.
    mutating func renew(_ body: ByteBuffer, validIn validity: Range<Date>, tags: inout EntityTags) -> EncodedJSON {
        let renewed = json.flatMap { $0.body == body ? $0 : nil } ?? EncodedJSON(body: body, etag: tags.next())
        json = renewed
        self.validity = validity
        isCurrent = true
        return renewed
    }
}

/// Entity tags that no other body has: a word of this process and a number.
private struct EntityTags {
    private let word = String(UInt64.random(in: .min ... .max), radix: 36)
    private var number = 0

    mutating func next() -> String {
        number += 1
        return "\"\(word)-\(number)\""
    }
}

extension Array {
    /// The first index whose element satisfies `isAfter`, in an array where all after it do too.
    fileprivate func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
        var range = startIndex..<endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = isAfter(self[middle]) ? range.lowerBound..<middle : middle + 1..<range.upperBound
        }
        return range.lowerBound
    }
}
