import Domain
import Hummingbird
import ServiceLifecycle
import Sync

/// What happened at the partners in a period. Read from their databases while the client waits.
struct StatisticsRoutes: Sendable {
    let engine: SyncEngine

    func partner(_ call: Call) async throws -> Response {
        guard engine.picture.standing(of: call.partnerID) != nil else { throw HTTPProblem.partnerNotFound }
        let period = try call.period()
        let partner = try await whileWanted(call) { try await engine.statistics(of: call.partnerID, in: period) }
        return .json { json in
            json.member("success", partner.error == nil)
            json.period(period)
            json.members(of: partner.counts)
            if let error = partner.error { json.member("error", error.message) }
        }
    }

    func allPartners(_ call: Call) async throws -> Response {
        let period = try call.period()
        let partners = try await whileWanted(call) { try await engine.statistics(in: period) }
        let failed = partners.count { $0.error != nil }
        return .json { json in
            json.member("success", partners.isEmpty || failed < partners.count)
            json.period(period)
            json.member("totalPartners", partners.count)
            json.member("failedPartners", failed)
            json.key("aggregated")
            json.object { $0.members(of: partners.map(\.counts).reduce(PeriodStatistics(), +)) }
            json.key("partnerBreakdown")
            json.array { json in
                for partner in partners {
                    json.object { $0.members(of: partner) }
                }
            }
        }
    }

    /// Until the client leaves or the server stops; then nobody needs the answer.
    private func whileWanted<Value: Sendable>(
        _ call: Call, _ read: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await call.presence.whileClientStays {
            try await cancelWhenGracefulShutdown(read)
        }
    }
}

extension Call {
    /// `start_date` and `end_date` of the query. Throws 422 with all that is wrong with both, 400 if they do not go
    /// together.
    fileprivate func period() throws -> Period {
        var reader = QueryReader(request)
        let (first, last) = (reader.date("start_date"), reader.date("end_date"))
        guard let first, let last else { throw reader.rejection }
        return try Period(from: first, to: last)
    }
}

extension PartnerPeriod {
    /// Zeros where nothing could be read.
    fileprivate var counts: PeriodStatistics {
        if case .success(let counts) = result { counts } else { PeriodStatistics() }
    }
    fileprivate var error: VisitError? { if case .failure(let error) = result { error } else { nil } }
}

extension JSONWriter {
    fileprivate mutating func period(_ period: Period) {
        key("period")
        object {
            $0.member("startDate", period.start.description)
            $0.member("endDate", period.end.description)
        }
    }

    fileprivate mutating func members(of partner: PartnerPeriod) {
        member("partnerId", partner.id.rawValue)
        member("partnerName", partner.name)
        members(of: partner.counts)
        if let error = partner.error { member("error", error.message) }
    }

    fileprivate mutating func members(of statistics: PeriodStatistics) {
        counts("calls", statistics.calls)
        counts("submittals", statistics.submittals)
    }

    private mutating func counts(_ name: String, _ counts: StatusCounts) {
        key(name)
        object { json in
            json.member("total", counts.total)
            json.key("byStatus")
            json.object { json in
                for (status, count) in counts.byStatus { json.member(status, count) }
            }
        }
    }
}
