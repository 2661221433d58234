import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import Store
import Sync
import TestSupport
import Testing

@testable import Web

@Suite("The event stream", .serialized, .timeLimit(.minutes(1)))
struct StreamRoutesTests {
    @Test("It begins with the whole picture, as the two GETs have it")
    func begins() async throws {
        try await Console.run(.live) { _, client in
            let admin = try await client.signedIn()
            for name in ["beta", "Alpha"] {
                _ = try await admin.create("\"partnerName\": \"\(name)\", \"isActive\": false")
            }
            let listener = try await Listener(try await client.viewer())
            await listener.listen { $0.events.count >= 3 }
            let events = listener.events
            #expect(events.map(\.kind) == ["overview", "partner", "partner"])
            #expect(events[0].data == (try await admin.get("/api/dashboard/overview").text))
            let partners = "[" + events[1...].map(\.data).joined(separator: ",") + "]"
            #expect(partners == (try await admin.get("/api/dashboard/partners").text))
            let head = listener.text.lowercased()
            for line in [
                "http/1.1 200 ok", "content-type: text/event-stream", "cache-control: no-store",
                "x-accel-buffering: no", "retry: 2000",
            ] {
                #expect(head.contains(line), "\(line)")
            }
        }
    }

    @Test("Then it tells what changes: partners, sums, alerts and who is gone")
    func tells() async throws {
        try await Console.run(.live) { _, client in
            let admin = try await client.signedIn()
            let listener = try await Listener(admin)
            _ = try await listener.event("overview")
            let id = try await admin.create(#""partnerName": "ApTask", "concurrencyLimit": 5"#)
            let partner = try await listener.event("partner", with: "\"completedCallsToday\":125")
            _ = try await listener.event("overview", with: "\"completedCallsToday\":125")
            #expect(partner.contains(id))
            _ = try await admin.put("/api/settings", #"{"alertThreshold": 30}"#)
            let opened = try await listener.event("alert", with: "\"resolvedAt\":null")
            #expect("[\(opened)]" == (try await admin.get("/api/alerts").text))
            _ = try await admin.put("/api/settings", #"{"alertThreshold": 90}"#)
            let resolved = try await listener.event("alert", with: "\"resolvedAt\":\"")
            #expect("[\(resolved)]" == (try await admin.get("/api/alerts?resolved=true").text))
            _ = try await admin.delete("/api/partners/\(id)")
            #expect(try await listener.event("removed") == "{\"id\":\"\(id)\"}")
        }
    }

    @Test("Who has the list of partners goes on from its tag, in whatever form, and is told the sums and the news only")
    func continuesFromTag() async throws {
        try await Console.run(.live) { _, client in
            let admin = try await client.signedIn()
            for name in ["One", "Two", "Three"] {
                _ = try await admin.create("\"partnerName\": \"\(name)\", \"isActive\": false")
            }
            let tag = try #require(try await admin.get("/api/dashboard/partners").headers[.eTag])
            let packed = try await admin.get("/api/dashboard/partners", headers: [.acceptEncoding: "gzip"])
            let packedTag = try #require(packed.headers[.eTag])
            let id = String(tag.dropFirst().dropLast())
            var listeners: [Listener] = []
            for place in [tag, packedTag, "W/\(packedTag)", id] {
                listeners.append(try await Listener(admin, after: place))
            }
            for listener in listeners { _ = try await listener.event("overview", with: "\"totalPartners\":3") }
            _ = try await admin.create(#""partnerName": "Four", "isActive": false"#)
            for listener in listeners {
                _ = try await listener.event("overview", with: "\"totalPartners\":4")
                #expect(listener.events.map(\.kind) == ["overview", "partner", "overview"])
                #expect(listener.text.lowercased().contains("last-event-id: \(id)\r\n"))
            }
        }
    }

    @Test("Who comes back with the last id is told what it missed, who is gone included, and once")
    func continuesFromEvent() async throws {
        try await Console.run(.live) { _, client in
            let admin = try await client.signedIn()
            let id = try await admin.create(#""partnerName": "ApTask", "concurrencyLimit": 5"#)
            _ = try await admin.create(#""partnerName": "Calm", "isActive": false"#)
            _ = try await admin.metrics(of: id)
            let first = try await Listener(admin)
            _ = try await first.event("partner", with: "Calm")
            #expect(first.events.map { $0.id == nil } == [true, true, false], "only the last has come so far")
            _ = try await admin.put("/api/settings", #"{"alertThreshold": 30}"#)
            _ = try await first.event("alert", with: "\"resolvedAt\":null")
            let place = try #require(first.events.compactMap(\.id).last)
            _ = try await admin.put("/api/settings", #"{"alertThreshold": 90}"#)
            _ = try await admin.create(#""partnerName": "New", "isActive": false"#)
            let second = try await Listener(admin, after: place)
            _ = try await second.event("partner", with: "New")
            #expect(second.events.contains { $0.kind == "alert" && $0.data.contains("\"resolvedAt\":\"") })
            _ = try await admin.delete("/api/partners/\(id)")
            let next = try #require(second.events.compactMap(\.id).last)
            let third = try await Listener(admin, after: next)
            #expect(try await third.event("removed") == "{\"id\":\"\(id)\"}")
            #expect(!third.text.contains("Calm"))
        }
    }

    @Test("An id of another process, of the future or of nothing gets the whole, and is told so")
    func beginsAnew() async throws {
        try await Console.run(.live) { _, client in
            let admin = try await client.signedIn()
            _ = try await admin.create(#""partnerName": "Calm", "isActive": false"#)
            let tag = try #require(try await admin.get("/api/dashboard/partners").headers[.eTag])
            let word = String(try #require(tag.dropFirst().split(separator: "-").first))
            let long = String(repeating: "9", count: 9_000)
            for id in ["\(word)-999999", "1abc-3", "\"\"", "*", "\(word)-\(Int.max)", "é", long] {
                let listener = try await Listener(admin, after: id)
                _ = try await listener.event("partner", with: "Calm")
                #expect(!listener.text.lowercased().contains("last-event-id"), "\(id.prefix(40))")
            }
            let head = try await admin.send(.head, "/api/dashboard/stream", headers: [.lastEventID: tag])
            #expect(head.headers[.lastEventID] == String(tag.dropFirst().dropLast()))
        }
    }

    @Test("What becomes stale by time alone is told")
    func tellsStaleness() async throws {
        try await Console.run(.live) { console, client in
            let admin = try await client.signedIn()
            _ = try await admin.metrics(of: try await admin.create())
            let listener = try await Listener(admin)
            _ = try await listener.event("partner", with: "\"isStale\":false")
            console.clock.advance(by: .seconds(361))
            _ = try await listener.event("overview", with: "\"stalePartners\":1")
            _ = try await listener.event("partner", with: "\"isStale\":true")
        }
    }

    enum Ending: CaseIterable {
        case logout, expiry, deactivation, demotion, foreignPasswordChange
    }

    @Test("It ends within a second when its session does", arguments: Ending.allCases)
    func ends(_ ending: Ending) async throws {
        try await Console.run(.live) { console, client in
            let (admin, viewer) = (try await client.signedIn(), try await client.viewer())
            let id = try await admin.createUser("ann", role: "ADMIN")
            let ann = try await client.signedIn(as: "ann", "correct horse")
            let listener = try await Listener(ann)
            let other = try await Listener(viewer)
            _ = try await listener.event("overview")
            _ = try await other.event("overview")
            switch ending {
            case .logout: _ = try await ann.post("/api/auth/logout")
            case .expiry: console.clock.advance(by: .seconds(8 * 3_600))
            case .deactivation: _ = try await admin.put("/api/users/\(id)", #"{"isActive": false}"#)
            case .demotion: _ = try await admin.put("/api/users/\(id)", #"{"role": "VIEWER"}"#)
            case .foreignPasswordChange:
                let elsewhere = try await client.signedIn(as: "ann", "correct horse")
                let body = #"{"currentPassword": "correct horse", "newPassword": "another one 42"}"#
                #expect(try await elsewhere.post("/api/auth/change-password", body).status == 200)
            }
            #expect(await listener.end() < .seconds(1))
            #expect(listener.text.hasSuffix("0\r\n\r\n"), "an orderly end")
            guard ending != .expiry else { return }
            _ = try await admin.create(#""partnerName": "Still here""#)
            _ = try await other.event("partner", with: "Still here")
        }
    }

    @Test("The own password's change leaves the stream of the token that made it")
    func survives() async throws {
        try await Console.run(.live) { _, client in
            let admin = try await client.signedIn()
            let listener = try await Listener(admin)
            _ = try await listener.event("overview")
            let body = #"{"currentPassword": "\#(Console.adminPassword)", "newPassword": "another one 42"}"#
            #expect(try await admin.post("/api/auth/change-password", body).status == 200)
            _ = try await admin.create(#""partnerName": "After""#)
            _ = try await listener.event("partner", with: "After")
        }
    }

    @Test("A user has twenty at most; one that leaves makes room, and HEAD takes none")
    func seats() async throws {
        try await Console.run(.live) { console, client in
            let (admin, viewer) = (try await client.signedIn(), try await client.viewer())
            var listeners: [Listener] = []
            for _ in 0..<20 {
                listeners.append(try await Listener(admin))
                _ = try await listeners.last?.event("overview")
            }
            let refused = try await admin.get("/api/dashboard/stream")
            #expect(refused.status == 429)
            #expect(refused.headers[.retryAfter] == "10")
            _ = try await Listener(viewer).event("overview")
            for _ in 0..<3 {
                let head = try await admin.send(.head, "/api/dashboard/stream")
                #expect(head.status == 200 && head.headers[.contentType] == "text/event-stream")
            }
            listeners.removeLast()
            _ = try await eventually("a seat") {
                let listener = try await Listener(admin)
                return await listener.listen { !$0.text.isEmpty }.hasPrefix("HTTP/1.1 200") ? true : nil
            }
            _ = try await eventually("a line in the log") {
                console.log.lines.contains { $0.contains("stream ended") && $0.contains("the client left") }
                    ? true : nil
            }
        }
    }

    @Test("In silence a comment keeps the connection alive")
    func heartbeat() async throws {
        try await Console.run(.live, configure: { $0.streamPace.heartbeat = .milliseconds(300) }) { _, client in
            let listener = try await Listener(try await client.viewer())
            let text = await listener.listen { $0.text.components(separatedBy: ":\n\n").count > 2 }
            #expect(listener.events.count == 1, "\(text)")
        }
    }

    @Test("A listener that does not read is cut off, and the others hear on")
    func cutsOff() async throws {
        let directory = try await Self.crowded(6_000)
        try await Console.run(.live, in: directory, configure: { $0.streamPace.patience = .seconds(1) }) {
            console, client in
            let admin = try await client.signedIn()
            let slow = try await Listener(admin, receiveBuffer: 4_096)
            let fast = try await Listener(admin)
            await fast.listen { $0.text.contains("name 5999") }
            _ = try await eventually("the cut") {
                console.log.lines.contains { $0.contains("the client did not read") } ? true : nil
            }
            _ = try await admin.create(#""partnerName": "Later", "isActive": false"#)
            _ = try await fast.event("partner", with: "Later")
            await slow.listen { _ in false }
            #expect(!slow.text.contains("name 5999"))
        }
    }

    /// A store with so many partners that the whole picture is more than any socket takes in.
    private static func crowded(_ count: Int) async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let store = try await AdminStore.open(
            directory: directory.url, encryptionKey: Secret("0123456789abcdef0123456789abcdef"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    let name = String(format: "%@ name %04d", String(repeating: "🙂", count: 88), number)
                    let endpoint = DatabaseEndpoint(
                        kind: .mysql, host: "db", port: 3306, name: "calls", username: "reader")
                    let draft = PartnerDraft(
                        configuration: PartnerConfiguration(
                            name: name, tenantID: 7, database: endpoint, concurrencyLimit: 10, isActive: false),
                        secrets: PartnerSecrets(databasePassword: Secret("p")))
                    _ = try await store.create(draft, id: .random(), due: nil, at: Date())
                }
            }
            try await group.waitForAll()
        }
        await store.close()
        return directory
    }
}
