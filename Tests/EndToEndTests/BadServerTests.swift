import Domain
import Foundation
import TestSupport
import Testing

/// The servers that misbehave do so as they promise.
struct BadServerTests {
    /// What a plain client gets from a port: sends a line, reads for a second, prints what came.
    private func talk(to port: Int, saying line: String = "hello") async throws -> String {
        let script = """
            exec 3<>/dev/tcp/127.0.0.1/\(port) || exit 7
            echo '\(line)' >&3
            timeout 1 cat <&3
            echo "status $?"
            """
        return try await run("/bin/bash", ["-c", script])
    }

    @Test("A black hole accepts and says nothing")
    func blackHole() async throws {
        let hole = try BlackHole()
        #expect(try await talk(to: hole.port) == "status 124\n")
        _ = try await eventually("the hole to notice the end") { hole.connectionCount == 0 ? true : nil }
    }

    @Test("A cut server says its piece and closes")
    func cutServer() async throws {
        let server = try CutServer(says: "SSH-2.0-x\n")
        #expect(try await talk(to: server.port).hasPrefix("SSH-2.0-x\n"))
    }

    @Test("A foreign server says its piece and stays")
    func foreignServer() async throws {
        let server = try ForeignServer(says: "220 mail\n")
        #expect(try await talk(to: server.port) == "220 mail\nstatus 124\n")
    }

    @Test("A refused port refuses")
    func refused() async throws {
        let port = try RefusedPort()
        await #expect(throws: ToolFailure.self) { try await talk(to: port.port) }
    }

    @Test("A relay counts turns and bytes, cuts where it is told to, and heals")
    func relay() async throws {
        let far = try ForeignServer(says: "0123456789\n")
        let relay = try Relay(to: far.port)
        #expect(try await talk(to: relay.port) == "0123456789\nstatus 124\n")
        #expect(relay.traffic.bytesToClient == 11)
        #expect(relay.traffic.bytesToServer == 6)
        #expect(relay.traffic.connections == 1)

        relay.cut(afterBytesToClient: 4)
        #expect(try await talk(to: relay.port).hasPrefix("0123status 0"))
        relay.heal()
        relay.freeze()
        #expect(try await talk(to: relay.port) == "status 124\n")
        relay.heal()
        #expect(try await talk(to: relay.port) == "0123456789\nstatus 124\n")
    }

    @Test("A certificate is signed by its authority and names its host")
    func certificates() async throws {
        let certificates = try await Certificates(name: "db.example.com")
        let directory = try TemporaryDirectory()
        let authority = try directory.write(certificates.authority, to: "ca.pem")
        let verdict = try await run(
            "openssl",
            ["verify", "-CAfile", authority, "-verify_hostname", "db.example.com", certificates.serverCertificatePath])
        #expect(verdict.hasSuffix("OK\n"))
    }

    @Test("Generated rows leave no metric at zero, and moving the day changes what is counted", arguments: 1...5)
    func rowsAreWorthCounting(seed: UInt64) {
        let day = Date(timeIntervalSince1970: 1_730_862_000)..<Date(timeIntervalSince1970: 1_730_948_400)
        let rows = PartnerRows.generated(seed: seed, around: day)
        let metrics = rows.expectedMetrics(today: day, limitOnFile: 10)
        for count in [
            metrics.campaignsToday, metrics.runningCampaigns, metrics.activeCalls, metrics.queuedCalls,
            metrics.completedCallsToday, metrics.voicemailCount, metrics.customerEndedCount, metrics.remainingCalls,
        ] {
            #expect(count > 0)
        }
        for shift in [-1.0, 1] {
            let shifted = day.lowerBound + shift..<day.upperBound + shift
            #expect(rows.expectedMetrics(today: shifted, limitOnFile: 10) != metrics)
        }
    }
}
