import Domain
import Foundation
import Hummingbird
import Store
import Sync

/// The past, for charts: step by step, with gaps where nothing was read.
struct HistoryRoutes: Sendable {
    let engine: SyncEngine
    let store: AdminStore
    let clock: any WallClock

    /// One partner's numbers, as its visits read them.
    func partner(_ call: Call) async throws -> Response {
        guard engine.picture.standing(of: call.partnerID) != nil else { throw HTTPProblem.partnerNotFound }
        let window = try window(call, readEvery: engine.settings.refreshInterval)
        let history = try await store.history(of: call.partnerID, in: window)
        return try .polled(for: call) { $0.history(history) }
    }

    /// The overview's sums, recorded once a minute.
    func dashboard(_ call: Call) async throws -> Response {
        let history = try await store.history(in: window(call, readEvery: 60))
        return try .polled(for: call) { $0.history(history) }
    }

    private func window(_ call: Call, readEvery seconds: Int) throws -> HistoryWindow {
        guard let calendar = BusinessCalendar(timeZone: engine.settings.timeZone) else {
            throw UnknownTimeZone(name: engine.settings.timeZone)
        }
        var reader = QueryReader(call.request)
        let (from, to) = (reader.moment("from", in: calendar), reader.moment("to", in: calendar))
        let points = reader.integer("points", in: 2...2_000)
        try reader.finish()
        return try HistoryWindow(from: from, to: to, points: points ?? 500, finest: seconds, now: clock.now)
    }
}

/// This machine does not know a zone that was known when it was set.
private struct UnknownTimeZone: Error {
    let name: String
}

extension JSONWriter {
    fileprivate mutating func history<Metric: RawRepresentable<String>>(_ history: History<Metric>) {
        let names = Metric.allCases.map(\.rawValue)
        object { json in
            json.member("from", history.window.from)
            json.member("to", history.window.to)
            json.member("stepSeconds", history.window.stepSeconds)
            json.key("series")
            json.array { json in
                for step in history.steps {
                    json.object { json in
                        json.member("time", step.time)
                        for (name, spread) in zip(names, step.spreads) {
                            json.key(name)
                            json.object { $0.spread(spread) }
                        }
                    }
                }
            }
        }
    }

    private mutating func spread(_ spread: Spread) {
        member("min", spread.min)
        member("mean", spread.mean)
        member("max", spread.max)
    }
}
