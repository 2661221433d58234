import Demo
import Domain
import Foundation
import Store

/// What the console would know of a new demo, had it been there before, so that charts have something to show.
struct DemoPast {
    private let snapshots: [Snapshot]
    private let totals: [Totals]

    /// Of those of `ids` (by name) that have a past; they are all the active ones there are.
    init(of world: DemoWorld, ids: [String: PartnerID], settings: Settings) {
        let readings = world.past.filter { ids[$0.key] != nil }
        snapshots = readings.flatMap { name, readings in
            readings.compactMap { reading in
                ids[name].map { id in
                    Snapshot(
                        partnerID: id, metrics: reading.metrics, judgement: judge(reading.metrics, by: settings),
                        time: reading.time, fetchMilliseconds: 1)
                }
            }
        }
        totals = Dictionary(grouping: readings.values.joined(), by: \.time).map { time, readings in
            Totals(
                at: time, of: readings.map(\.metrics), activePartners: ids.count, freshPartners: readings.count)
        }
    }

    func keep(in store: AdminStore) async throws(StoreError) {
        try await store.add(past: snapshots, totals)
    }
}
