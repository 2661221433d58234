import Domain
import Foundation
import HTTPTypes
import Store
import Sync
import TestSupport
import Testing

@testable import Web

@Suite("History")
struct HistoryRoutesTests {
    @Test("A partner's numbers come step by step, each with its least, mean and most")
    func partner() async throws {
        try await Console.run { console, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""concurrencyLimit": 5"#)
            let metrics = try await admin.metrics(of: id).json
            let reply = try await client.viewer().get("/api/partners/\(id)/history")
            #expect(reply.status == 200)
            #expect(reply.headers[.cacheControl] == "no-cache")
            let json = try reply.json
            #expect(json["stepSeconds"] == .integer(300))
            let step = try #require(json["series"]?.elements.first)
            #expect(json["series"]?.elements.count == 1)
            for metric in PartnerMetric.allCases {
                let value = metrics[metric.rawValue]
                #expect(value != nil && step[metric.rawValue]?["min"] == value, "\(metric)")
                #expect(step[metric.rawValue]?["mean"] == value && step[metric.rawValue]?["max"] == value, "\(metric)")
            }
            let (from, to, time) = (try #require(json["from"]?.text), json["to"]?.text, step["time"]?.text)
            #expect(from < time ?? "" && time ?? "" < to ?? "")
            let again = try await admin.get(
                "/api/partners/\(id)/history", headers: [.ifNoneMatch: reply.headers[.eTag] ?? ""])
            #expect(again.status == 304)
        }
    }

    @Test("The sums over all partners have the overview's keys")
    func dashboard() async throws {
        try await Console.run { console, client in
            let viewer = try await client.viewer()
            let now = console.clock.now
            try await console.store.record(Totals(at: now - 60) { $0 == .avgUtilization ? 41.67 : 7 })
            let json = try await viewer.get("/api/dashboard/history?points=2000").json
            #expect(json["stepSeconds"] == .integer(60))
            let step = try #require(json["series"]?.elements.first)
            let overview = try await viewer.get("/api/dashboard/overview").json
            for metric in TotalMetric.allCases {
                #expect(
                    step[metric.rawValue]?.departures(from: try JSONValue(#"{"min": 1.5, "mean": 1.5, "max": 1.5}"#))
                        == [])
                #expect(overview[metric.rawValue] != nil || metric == .concurrencyLimit, "\(metric)")
            }
            #expect(step["avgUtilization"]?["mean"] == .number(41.67))
            let earlier = try await viewer.get("/api/dashboard/history?to=\((now - 3_600).iso8601)").json
            #expect(earlier["series"]?.elements.isEmpty == true)
        }
    }

    @Test(
        "The window is what was asked for: moments with any offset, or dates as business days",
        arguments: [
            ("from=2024-11-06T00:00:00Z&to=2024-11-06T12:00:00Z", "2024-11-06T00:00:00Z", "2024-11-06T12:00:00Z", 120),
            (
                "from=2024-11-06T00:00:00-05:00&to=2024-11-06T11:00+05:30", "2024-11-06T05:00:00Z",
                "2024-11-06T05:30:00Z", 120
            ),
            (
                "from=2024-11-06T02:00:00%2B02:00&to=2024-11-06T12%3A00Z", "2024-11-06T00:00:00Z",
                "2024-11-06T12:00:00Z", 120
            ),
            // New York's clock was set back on 3 November 2024.
            ("from=2024-11-03&to=2024-11-04", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z", 300),
            (
                "from=2024-08-01&to=2024-10-30&points=500&unknown=1", "2024-08-01T04:00:00Z", "2024-10-30T04:00:00Z",
                21_600
            ),
            ("from=2024-08-01&to=2024-10-30&points=2", "2024-08-01T04:00:00Z", "2024-10-30T04:00:00Z", 91 * 86_400),
        ])
    func windows(_ query: String, _ from: String, _ to: String, _ step: Int64) async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""isActive": false"#)
            let json = try await admin.get("/api/partners/\(id)/history?\(query)").json
            #expect(json["from"]?.text == from)
            #expect(json["to"]?.text == to)
            if step < 86_400 { #expect(json["stepSeconds"] == .integer(step)) }
            #expect(json["series"]?.elements.isEmpty == true)
        }
    }

    @Test("What cannot be read is a 422 with every fault; what breaks a rule is a 400")
    func refuses() async throws {
        try await Console.run { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""isActive": false"#)
            for path in ["/api/partners/\(id)/history", "/api/dashboard/history"] {
                for (query, fields) in [
                    ("from=yesterday&to=2024-02-30&points=1", ["from", "to", "points"]), ("from=", ["from"]),
                    ("to", ["to"]), ("points=2001", ["points"]), ("points=", ["points"]), ("points=5.0", ["points"]),
                    ("points=%D9%A5", ["points"]), ("from=2024-01-01&from=2024-01-01", ["from"]),
                    ("points=5&points=5", ["points"]), ("from=%D9%A2024-01-01", ["from"]), ("from=2024-1-1", ["from"]),
                    ("points=99999999999999999999", ["points"]), ("from=%00", ["from"]),
                ] {
                    let reply = try await admin.get("\(path)?\(query)")
                    #expect(reply.status == 422, "\(query)")
                    #expect(try reply.faultyFields == fields, "\(query)")
                }
                for query in [
                    "from=2024-01-02&to=2024-01-02", "from=2024-01-02&to=2024-01-01", "from=9999-12-31",
                    "from=2000-01-01&to=2024-01-01",
                ] {
                    let reply = try await admin.get("\(path)?\(query)")
                    #expect(reply.status == 400, "\(query)")
                    #expect(try reply.detail?.hasPrefix("from") == true)
                }
            }
            #expect(try await admin.get("/api/partners/nobody/history?points=x").status == 404)
        }
    }
}

extension JSONValue {
    /// The elements; none if it is no array.
    fileprivate var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}
