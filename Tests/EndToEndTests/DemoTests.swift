import Foundation
import TestSupport
import Testing

extension EndToEnd {
    struct DemoTests {
        @Test("The demo comes up by itself with a dozen lively partners, one of them in trouble")
        func demo() async throws {
            let server = try await JobtalkServer(["--demo"])
            #expect(server.log.contains("12 pretend partners"))
            let console = try await server.signIn(password: "Admin@2024")
            #expect(try await console.read("/api/auth/me")["demo"].bool == true)
            let partners = try await eventually(within: .seconds(20), "snapshots") {
                let all = try await console.read("/api/dashboard/partners").array
                // One is unreachable and one has a broken schema.
                return all.count >= 12 && all.count { $0["snapshot"] != .null } >= all.count - 2 ? all : nil
            }
            let levels = partners.compactMap { $0["snapshot"]["alertLevel"].string }
            #expect(levels.contains("IDLE"))
            #expect(Set(levels).count >= 3, "\(levels)")
            let past = try await console.read("/api/dashboard/history?points=100")
            #expect(past["series"].array.count >= 40)
            #expect(past["series"].array.allSatisfy { $0["activePartners"]["max"].int == 12 })
            let busy = try #require(
                partners.first { $0["snapshot"]["alertLevel"].string != "IDLE" && $0["snapshot"] != .null })
            let id = try #require(busy["partner"]["id"].string)
            #expect(try await console.read("/api/partners/\(id)/history?points=100")["series"].array.count >= 40)
            await server.process.stop()
        }

        @Test("A pretend partner that was deleted or renamed does not come back with the next start")
        func staysAway() async throws {
            let server = try await JobtalkServer(["--demo"])
            var console = try await server.signIn(password: "Admin@2024")
            let partners = try await console.read("/api/partners").array
            let ids = partners.compactMap { $0["id"].string }
            #expect(try await console.delete("/api/partners/\(ids[0])").status == 200)
            #expect(try await console.put("/api/partners/\(ids[1])", ["partnerName": "Renamed"]).status == 200)
            await server.process.stop()
            try await server.resume()
            console = try await server.signIn(password: "Admin@2024")
            let after = try await console.read("/api/partners").array
            #expect(Set(after.compactMap { $0["id"].string }) == Set(ids.dropFirst()))
            await server.process.stop()
        }

        @Test("What moves in the demo shows in the overview, and its broken partners come to stand at ERROR")
        func movement() async throws {
            let server = try await JobtalkServer(["--demo"])
            let console = try await server.signIn(password: "Admin@2024")
            try await console.change(["refreshInterval": 5])
            let first = try await console.read("/api/dashboard/overview")
            _ = try await eventually(within: .seconds(30), "moving numbers") {
                let now = try await console.read("/api/dashboard/overview")
                return now["activeCalls"] != first["activeCalls"]
                    && now["completedCallsToday"] != first["completedCallsToday"]
                    ? true : nil
            }
            // Each force sync is a new visit; the third failure in a row counts.
            let broken = try await eventually("a failed partner") {
                try await console.read("/api/partners").array.first { $0["lastSyncStatus"].string == "FAILED" }
            }
            let id = try #require(broken["id"].string)
            for failures in 1...3 {
                _ = try await eventually("failure \(failures)") {
                    let count = try await console.read("/api/partners/\(id)")["consecutiveFailures"].int
                    return count ?? 0 >= failures ? true : nil
                }
                _ = try await console.post("/api/partners/\(id)/force-sync")
            }
            let partner = try await eventually("ERROR") {
                let partner = try await console.read("/api/partners/\(id)")
                return partner["alertLevel"].string == "ERROR" ? partner : nil
            }
            #expect(partner["lastErrorMessage"].string?.isEmpty == false)
            await server.process.stop()
        }
    }
}
