import Domain
import Testing

@testable import Partners

@Suite("The row of a reading")
struct MetricsRowTests {
    private func row(_ counts: [String?] = (1...8).map { "\($0)" }, limit: String? = "5", pause: String? = "true")
        throws -> MetricsRow
    {
        try MetricsRow([counts + [limit, pause]], limitOnFile: 10)
    }

    @Test("Counts stand in the order of the query")
    func order() throws {
        let metrics = try row().reading.metrics
        #expect(metrics.campaignsToday == 1)
        #expect(metrics.remainingCalls == 8)
        #expect(metrics.concurrencyLimit == 5)
    }

    @Test("A limit that is none leaves the one on file", arguments: [nil, "", "0", "-5", "5.5", " 5", "five", "٥"])
    func limitOnFile(text: String?) throws {
        let reading = try row(limit: text).reading
        #expect(reading.partnerLimit == nil)
        #expect(reading.metrics.concurrencyLimit == 10)
    }

    @Test(
        "A server that claims what cannot be is not believed",
        arguments: [nil, "", "x", "-1", "1.5", "1000000000001", "9223372036854775807", "9223372036854775808"])
    func implausible(count: String?) {
        for place in 0..<8 {
            var counts: [String?] = (1...8).map { "\($0)" }
            counts[place] = count
            #expect(throws: DatabaseFailure.self) { try row(counts) }
        }
    }

    @Test("Another number of rows or columns is refused")
    func shape() {
        #expect(throws: DatabaseFailure.self) { try MetricsRow([], limitOnFile: 10) }
        #expect(throws: DatabaseFailure.self) { try MetricsRow([["1"]], limitOnFile: 10) }
    }
}
