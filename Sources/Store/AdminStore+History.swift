package import Domain

extension AdminStore {
    /// What visits read of a partner over time; nothing if there is no such partner.
    package func history(
        of id: PartnerID, in window: HistoryWindow
    ) async throws(StoreError) -> History<PartnerMetric> {
        try await database.read { (session) throws(StoreError) in
            try session.history(
                of: "snapshots", where: "partner = (SELECT id FROM partners WHERE public_id = ?)", id, in: window)
        }
    }

    /// What the overview said over time, as far as it was recorded.
    package func history(in window: HistoryWindow) async throws(StoreError) -> History<TotalMetric> {
        try await database.read { (session) throws(StoreError) in try session.history(of: "totals", in: window) }
    }

    /// Adds a past to partners without one, all of it or none. Throws `partnerNotFound`.
    package func add(past snapshots: [Snapshot], _ totals: [Totals]) async throws(StoreError) {
        try await database.transaction { (session) throws(StoreError) in
            for (id, own) in Dictionary(grouping: snapshots, by: \.partnerID) {
                let key = try session.existingPartner(id).key
                for snapshot in own { try session.insert(snapshot, key: key) }
            }
            for each in totals { try session.insert(each) }
        }
    }

    /// Keeps what the overview says now.
    package func record(_ totals: Totals) async throws(StoreError) {
        try await database.transaction { (session) throws(StoreError) in try session.insert(totals) }
    }
}
