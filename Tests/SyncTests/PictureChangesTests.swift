import Domain
import Foundation
import NIOCore
import Store
import TestSupport
import Testing

@testable import Sync

@Suite("What changed in the live picture")
struct PictureChangesTests {
    private let start = Date(timeIntervalSince1970: 1_730_900_000)
    /// Long enough apart that each question is answered by a new drawing.
    private let moments = (0..<20_000).map { ContinuousClock.now + .seconds($0) }

    private func record(_ name: String, alert: Alert? = nil, sync: SyncState = SyncState()) -> PartnerRecord {
        PartnerRecord(
            partner: Partner(
                id: .named(name), configuration: PartnerDraft.sample(name).configuration, revision: 1,
                createdAt: start, updatedAt: start),
            sync: sync, pending: [], alert: alert)
    }

    private func snapshot(_ name: String, age: TimeInterval = 10, active: Int = 2) -> Snapshot {
        Snapshot(
            partnerID: .named(name), metrics: .plain(active: active),
            judgement: Judgement(level: .normal, message: nil),
            time: start - age, fetchMilliseconds: 42)
    }

    private func alert(_ id: String, of name: String = "a", _ message: String = "m", resolved: Bool = false) -> Alert {
        Alert(
            id: id, partnerID: .named(name), partnerName: name, level: .high, message: message, openedAt: start,
            changedAt: start, resolvedAt: resolved ? start + 1 : nil, dismissal: nil)
    }

    private func canvas(_ records: [PartnerRecord], _ snapshots: [Snapshot] = []) -> Canvas {
        var canvas = Canvas(
            snapshots: Dictionary(uniqueKeysWithValues: snapshots.map { ($0.partnerID, $0) }), settings: Settings(),
            startedAt: start)
        for record in records { canvas.set(record) }
        return canvas
    }

    private func ask(
        _ canvas: inout Canvas, since place: Int?, at now: Date, _ moment: ContinuousClock.Instant
    ) throws -> PictureChanges {
        let changes = canvas.changes(since: place, at: now, moment: moment)
        return try #require(changes)
    }

    /// A listener that has heard the whole.
    private func place(_ canvas: inout Canvas) throws -> Int {
        try ask(&canvas, since: nil, at: start, moments[0]).place
    }

    /// What a listener is told next, as `kind id`, in order.
    private func told(
        _ canvas: inout Canvas, _ place: inout Int, at now: Date? = nil, _ moment: Int
    ) throws -> [String] {
        let changes = try ask(&canvas, since: place, at: now ?? start, moments[moment])
        place = changes.place
        return try changes.events.map { event in
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(event.json.readableBytesView)) as? [String: Any])
            let partner = json["partner"] as? [String: Any]
            return [event.kind.rawValue, json["id"] as? String ?? partner?["id"] as? String]
                .compactMap(\.self).joined(separator: " ")
        }
    }

    @Test("The whole is the overview and every partner by name, byte for byte as the two answers have them")
    func whole() throws {
        var canvas = canvas([record("b", alert: alert("1", of: "b")), record("A"), record("c")], [snapshot("b")])
        let whole = try ask(&canvas, since: nil, at: start, moments[0])
        #expect(whole.events.map(\.kind) == [.overview, .partner, .partner, .partner])
        let (overview, answer) = (canvas.encodedOverview(at: start), canvas.encodedPartners(at: start))
        #expect(whole.events[0].json == overview.body)
        let partners = "[" + whole.events[1...].map { String(buffer: $0.json) }.joined(separator: ",") + "]"
        #expect(partners == String(buffer: answer.body))
    }

    @Test("Nothing new tells nothing; five changes of one partner are told once, and no other with it")
    func coalesces() throws {
        var canvas = canvas([record("a"), record("b")], [snapshot("a"), snapshot("b")])
        var place = try place(&canvas)
        #expect(try told(&canvas, &place, 1) == [])
        for active in 3...7 { canvas.set(snapshot("a", age: 0, active: active)) }
        #expect(try told(&canvas, &place, 2) == ["partner partner-a", "overview"])
        #expect(try told(&canvas, &place, 3) == [])
        canvas.set(record("a"))
        canvas.setVisited(.named("a"), true)
        canvas.setVisited(.named("a"), false)
        #expect(try told(&canvas, &place, 4) == [], "it is what it was")
        canvas.setVisited(.named("b"), true)
        #expect(try told(&canvas, &place, 5) == ["partner partner-b"], "the sums do not change with a visit's begin")
    }

    @Test("A partner becomes stale by time alone, and that is told with the sums")
    func staleness() throws {
        var canvas = canvas([record("a"), record("b")], [snapshot("a", age: 0), snapshot("b", age: 100)])
        var place = try place(&canvas)
        #expect(try told(&canvas, &place, at: start + 260, 1) == [])
        #expect(try told(&canvas, &place, at: start + 260.5, 2) == ["partner partner-b", "overview"])
        #expect(try told(&canvas, &place, at: start + 361, 3) == ["partner partner-a", "overview"])
        #expect(try told(&canvas, &place, at: start + 900, 4) == [])
    }

    @Test("Added, renamed and removed partners are told; of a removed one nothing but that it is gone")
    func membership() throws {
        var canvas = canvas([record("a")])
        var place = try place(&canvas)
        canvas.set(record("b"))
        #expect(try told(&canvas, &place, 1) == ["partner partner-b", "overview"])
        canvas.set(record("c"))
        canvas.setVisited(.named("b"), true)
        canvas.remove(.named("b"))
        #expect(
            try told(&canvas, &place, 2) == ["removed partner-b", "partner partner-c"], "the sums are what they were")
        #expect(try told(&canvas, &place, 3) == [])
    }

    @Test("An alert is told when it opens, changes, is renamed and is over, each time as the list has it")
    func alerts() throws {
        var canvas = canvas([record("a"), record("old", alert: alert("0", of: "old"))])
        var place = try place(&canvas)
        canvas.set(record("a", alert: alert("1")))
        #expect(try told(&canvas, &place, 1) == ["alert 1"])
        canvas.set(record("a", alert: alert("1")))
        #expect(try told(&canvas, &place, 2) == [])
        canvas.set(record("a", alert: alert("1", "other")))
        #expect(try told(&canvas, &place, 3) == ["alert 1"])
        canvas.set(record("a", alert: alert("1", "other", resolved: true)))
        let changes = try ask(&canvas, since: place, at: start, moments[4])
        var writer = JSONWriter()
        alert("1", "other", resolved: true).write(to: &writer)
        #expect(changes.events.map(\.json) == [writer.buffer])
        place = changes.place
        canvas.set(record("a", alert: alert("1", "other", resolved: true)))
        #expect(try told(&canvas, &place, 5) == [])
    }

    @Test("An alert that ended and another that began between two looks are both told")
    func successors() throws {
        var canvas = canvas([record("a", alert: alert("1"))])
        var place = try place(&canvas)
        canvas.set(record("a", alert: alert("2")))
        let changes = try ask(&canvas, since: place, at: start, moments[1])
        #expect(changes.events.map(\.kind) == [.alert, .alert])
        #expect(String(buffer: changes.events[0].json).contains(#""resolvedAt":"2024-11-06T13:33:20Z""#))
        #expect(String(buffer: changes.events[1].json).contains(#""resolvedAt":null"#))
        place = changes.place
        canvas.set(record("a", alert: alert("3", resolved: true)))
        #expect(try told(&canvas, &place, 2) == ["alert 2", "alert 3"])
    }

    @Test("However many ask, the picture is drawn for them every 100 ms at most, and encoded once for all")
    func shared() throws {
        var canvas = canvas([record("a")], [snapshot("a")])
        var places = try (0..<100).map { _ in try place(&canvas) }
        _ = try told(&canvas, &places[0], 1)
        canvas.set(snapshot("a", age: 0, active: 9))
        let early = canvas.changes(since: places[1], at: start, moment: moments[1] + .milliseconds(99))
        #expect(early?.events.isEmpty == true)
        let bodies = places.map { place in
            let events = canvas.changes(since: place, at: start, moment: moments[1] + .milliseconds(100))?.events
            return events?.map { $0.json.withUnsafeReadableBytes { $0.baseAddress } } ?? []
        }
        #expect(bodies[0].count == 2 && Set(bodies).count == 1)
    }

    /// What a listener is told first that goes on from `place`.
    private func goOn(
        _ canvas: inout Canvas, from place: Int, _ moment: Int
    ) throws -> PictureChanges {
        let changes = canvas.continuation(from: place, at: start, moment: moments[moment])
        return try #require(changes)
    }

    /// The place that the tag of the partners' list names.
    private func taggedPlace(_ canvas: inout Canvas) throws -> Int {
        let tag = canvas.encodedPartners(at: start).etag
        let place = canvas.place(of: String(tag.dropFirst().dropLast()))
        return try #require(place)
    }

    @Test("Who has the list of partners goes on from its tag: with the sums, then with what changed since")
    func continuesFromTag() throws {
        var canvas = canvas([record("a"), record("b"), record("c")], [snapshot("a"), snapshot("b")])
        _ = canvas.encodedOverview(at: start)
        canvas.set(snapshot("a", age: 0, active: 3))
        canvas.set(record("c", alert: alert("1", of: "c")))
        let place = try taggedPlace(&canvas)
        let calm = try goOn(&canvas, from: place, 0)
        #expect(calm.events.map(\.kind) == [.overview], "the sums that go with the list, and no partner twice")
        #expect(calm.events[0].json == canvas.encodedOverview(at: start).body)
        canvas.set(snapshot("b", age: 0, active: 4))
        canvas.set(record("c", alert: alert("1", of: "c", resolved: true)))
        canvas.remove(.named("a"))
        let news = try goOn(&canvas, from: place, 1)
        #expect(news.events.map(\.kind) == [.overview, .alert, .removed, .partner])
        #expect(news.events[0].json == canvas.encodedOverview(at: start).body)
        var next = news.place
        #expect(try told(&canvas, &next, 2) == [])
    }

    @Test("A list that is what it was keeps its place, and what changed back and forth meanwhile is told as it is")
    func continuesFromOldTag() throws {
        var canvas = canvas([record("a"), record("b")])
        let place = try taggedPlace(&canvas)
        canvas.setVisited(.named("b"), true)
        var listener = try self.place(&canvas)
        canvas.setVisited(.named("b"), false)
        #expect(try told(&canvas, &listener, 1) == ["partner partner-b"])
        #expect(try taggedPlace(&canvas) == place)
        let news = try goOn(&canvas, from: place, 2)
        #expect(news.events.map(\.kind) == [.overview, .partner])
    }

    @Test("The id of some changes names their place; of another process, of the future, or no id at all, none")
    func places() throws {
        var canvas = canvas([record("a")])
        let (whole, place) = (try ask(&canvas, since: nil, at: start, moments[0]), try place(&canvas))
        #expect(whole.place == place && canvas.place(of: whole.id) == place)
        let word = try #require(whole.id.split(separator: "-").first)
        var other = self.canvas([record("a")])
        let foreign = try ask(&other, since: nil, at: start, moments[0]).id
        let ids = [
            "", "-", "\(word)", "\(word)-", "\(word)-x", "\(word)--1", "\(word)-\(place + 1)", "\(word)-\(Int.max)0",
            "x\(whole.id)", "\"\(whole.id)\"", foreign,
        ]
        for id in ids { #expect(canvas.place(of: id) == nil, "\(id)") }
    }

    @Test("A place of which too much is forgotten is none any more")
    func forgottenPlace() throws {
        var canvas = canvas([])
        let early = try ask(&canvas, since: nil, at: start, moments[0]).id
        for index in 0..<8_193 {
            canvas.set(record("\(index)"))
            canvas.remove(.named("\(index)"))
        }
        #expect(canvas.place(of: early) == nil)
        let late = try ask(&canvas, since: nil, at: start, moments[1]).id
        #expect(canvas.place(of: late) != nil)
    }

    @Test("Who missed more endings than are remembered is told to begin anew; who did not is told them all")
    func tooFarBehind() throws {
        var canvas = canvas([])
        var early = try place(&canvas)
        func endings(_ range: Range<Int>) {
            for index in range {
                canvas.set(record("\(index)"))
                canvas.remove(.named("\(index)"))
            }
        }
        endings(0..<4_096)
        #expect(try told(&canvas, &early, 1).count == 4_096)
        endings(4_096..<8_193)
        #expect(try told(&canvas, &early, 2).count == 4_097)
        let place = early
        endings(8_193..<20_000)
        let changes = canvas.changes(since: place, at: start, moment: moments[3])
        #expect(changes == nil)
    }
}
