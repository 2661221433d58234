import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Web

@Suite("Over real connections", .serialized)
struct TransportTests {
    @Test("A large body is read to its end before the refusal, so that the client sees it", arguments: [2, 20])
    func refusesLargeBody(_ mebibytes: Int) async throws {
        try await Console.run(.live) { _, client in
            let body = String(repeating: "x", count: mebibytes << 20)
            let reply = try await client.post("/api/auth/login", body)
            #expect(reply.status == 413)
            #expect(try reply.detail == "The body is larger than 1 MiB")
            #expect(try await client.get("/health").status == 200)
        }
    }

    @Test("A body that nobody wants is read before a 401 too")
    func refusesUnwantedBody() async throws {
        try await Console.run(.live) { _, client in
            let reply = try await client.post("/api/partners", String(repeating: "x", count: 3 << 20))
            #expect(reply.status == 401)
            #expect(try await client.get("/health").status == 200)
        }
    }

    @Test("A chunked body without an announced length is bounded all the same, even if it stops")
    func refusesEndlessChunks() async throws {
        try await Console.run(.live) { _, client in
            let connection = try RawConnection(port: try #require(client.http.port))
            let head = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            #expect(await connection.send(head))
            let chunk = "100000\r\n" + String(repeating: "x", count: 1 << 20) + "\r\n"
            #expect(await connection.send(chunk + chunk))
            let started = ContinuousClock.now
            let reply = await connection.receive { $0.contains("\r\n\r\n") && $0.hasSuffix("}") }
            #expect(reply.hasPrefix("HTTP/1.1 413"))
            #expect(started.duration(to: .now) < .seconds(9))
        }
    }

    @Test(
        "A body that nobody wants and that never comes is waited for 5 seconds, not 30",
        arguments: [("/api/auth/login", 2 << 20, 413), ("/api/partners", 10, 401)])
    func givesUpOnAbsentBody(_ path: String, _ length: Int, _ status: Int) async throws {
        try await Console.run(.live) { _, client in
            let connection = try RawConnection(port: try #require(client.http.port))
            let head = "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n"
            #expect(await connection.send(head))
            let reply = await connection.receive { $0.hasSuffix("}") }
            #expect(reply.hasPrefix("HTTP/1.1 \(status)"))
        }
    }

    @Test("A chunked body of an acceptable size is read")
    func readsChunks() async throws {
        try await Console.run(.live) { _, client in
            let connection = try RawConnection(port: try #require(client.http.port))
            let body = #"{"username": "admin", "password": "\#(Console.adminPassword)"}"#
            let cut = body.index(body.startIndex, offsetBy: 20)
            let head = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            #expect(await connection.send(head + chunk(body[..<cut]) + chunk(body[cut...]) + "0\r\n\r\n"))
            let reply = await connection.receive { $0.contains("access_token") }
            #expect(reply.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(
        "Rubbish gets a 400 or a closed connection, and the server serves on",
        arguments: [
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: x\r\n\r\nrubbish\r\n\r\n",
            "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n123456",
            "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET /health HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 40 << 10))\r\n\r\n",
        ])
    func survivesRubbish(_ rubbish: String) async throws {
        try await Console.run(.live) { _, client in
            let connection = try RawConnection(port: try #require(client.http.port))
            _ = await connection.send(rubbish)
            let reply = await connection.receive { $0.contains("400 Bad Request") }
            #expect(reply.isEmpty || reply.contains("HTTP/1.1 400"), "\(reply)")
            #expect(try await client.get("/health").status == 200)
        }
    }

    @Test("Pipelined requests are answered in order")
    func answersPipeline() async throws {
        try await Console.run(.live) { _, client in
            let connection = try RawConnection(port: try #require(client.http.port))
            let one = "GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: "
            #expect(await connection.send((1...5).map { one + "r\($0)\r\n\r\n" }.joined()))
            let reply = await connection.receive { $0.contains("r5\r\n") }
            let names = reply.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("x-request-id") }.map {
                $0.suffix(2)
            }
            #expect(names == ["r1", "r2", "r3", "r4", "r5"])
        }
    }

    @Test("A client that leaves in the middle of a body disturbs nobody")
    func survivesDeparture() async throws {
        try await Console.run(.live) { console, client in
            do {
                let connection = try RawConnection(port: try #require(client.http.port))
                #expect(
                    await connection.send(
                        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"user"))
            }
            #expect(try await client.get("/health").status == 200)
            #expect(!console.log.lines.contains { $0.hasPrefix("error") })
        }
    }

    @Test("Failed logins are counted by the address that a trusted proxy names")
    func countsByClient() async throws {
        try await Console.run(.live, configure: { $0.trustedProxies = ["127.0.0.1", "::1"].compactMap(IPBlock.init) }) {
            console, client in
            let wrong = #"{"username": "admin", "password": "wrong"}"#
            for _ in 0..<10 {
                _ = try await client.post("/api/auth/login", wrong, headers: [.xForwardedFor: "192.0.2.1"])
            }
            let same = try await client.post("/api/auth/login", wrong, headers: [.xForwardedFor: "6.6.6.6, 192.0.2.1"])
            #expect(same.status == 429)
            let other = try await client.post("/api/auth/login", wrong, headers: [.xForwardedFor: "192.0.2.2"])
            #expect(other.status == 401)
            #expect(console.log.lines.contains { $0.contains("client=192.0.2.2") })
        }
    }

    @Test("Without a trusted proxy nobody can hide behind X-Forwarded-For")
    func ignoresForgedAddresses() async throws {
        try await Console.run(.live) { _, client in
            let wrong = #"{"username": "admin", "password": "wrong"}"#
            var statuses: [Int] = []
            for number in 0..<11 {
                let reply = try await client.post(
                    "/api/auth/login", wrong, headers: [.xForwardedFor: "192.0.2.\(number)"])
                statuses.append(reply.status)
            }
            #expect(statuses == Array(repeating: 401, count: 10) + [429])
        }
    }

    private func chunk(_ text: Substring) -> String {
        "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
    }
}
