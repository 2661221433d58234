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
        let (start, end) = (date("start_date"), date("end_date"))
        guard case .success(let first) = start, case .success(let last) = end else {
            throw HTTPProblem(faults: [start, end].compactMap(\.fault))
        }
        return try Period(from: first, to: last)
    }

    private func date(_ name: String) -> Result<CalendarDate, FieldFault> {
        let texts = request.uri.queryParameters.filter { $0.key == name }.map(\.value)
        guard let text = texts.first else { return .failure(FieldFault(name, "is required")) }
        guard texts.count == 1 else { return .failure(FieldFault(name, "must be given once")) }
        guard let date = CalendarDate(String(text)) else {
            return .failure(FieldFault(name, "must be a day of the calendar in the form YYYY-MM-DD"))
        }
        return .success(date)
    }
}

extension Result<CalendarDate, FieldFault> {
    fileprivate var fault: FieldFault? { if case .failure(let fault) = self { fault } else { nil } }
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
