import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Partners

@Suite("Forwarding through a bastion", .needsSSHServer)
struct ForwardingTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    @Test("What the client writes arrives, and the answer comes back")
    func echo() async throws {
        let database = Destination.echo()
        let tunnel = try await bench.open(try await .shared())
        let port = try await tunnel.forward(to: database.port)
        let answer = await offPool { () -> [UInt8] in
            guard let wire = Wire(to: port.port) else { return [] }
            wire.write([1, 2, 3])
            return wire.read(exactly: 3)
        }
        #expect(answer == [1, 2, 3])
    }

    @Test("What the database said before the client came is delivered, and its end as well")
    func bufferedGreeting() async throws {
        let greeting = pattern(20_000)
        let hasSpoken = Mutex(false)
        let database = Destination { wire in
            wire.write(greeting)
            hasSpoken.withLock { $0 = true }
        }
        let tunnel = try await bench.open(try await .shared())
        let port = try await tunnel.forward(to: database.port)
        _ = try await eventually("the greeting is sent") { hasSpoken.withLock { $0 ? true : nil } }
        // Round trips of a second channel prove that the first one's bytes are in libssh by now.
        try await exchange(10, over: tunnel, with: .echo())
        let heard = await offPool { () -> [UInt8] in
            guard let wire = Wire(to: port.port) else { return [] }
            let bytes = wire.read(exactly: greeting.count)
            return wire.read().isEmpty ? bytes : []
        }
        let isWhole = heard == greeting
        #expect(isWhole)
    }

    @Test("5 MB pass both ways while the keys are exchanged anew every megabyte", arguments: 0..<4)
    func rekeying(_ round: Int) async throws {
        let server = try await SSHServer.start(hostKeys: [.ed25519], extraLines: ["RekeyLimit 1M"])
        let database = Destination.echo()
        let tunnel = try await bench.open(server)
        let port = try await tunnel.forward(to: database.port)
        let bytes = pattern(5_000_000)
        let answer = await offPool { () -> [UInt8] in
            guard let wire = Wire(to: port.port) else { return [] }
            Thread.detachNewThread { wire.write(bytes) }
            return wire.read(exactly: bytes.count)
        }
        let isWhole = answer == bytes
        #expect(isWhole)
        #expect(server.log.matches(of: /SSH2_MSG_NEWKEYS received/).count > 5)
        await server.stop()
    }

    @Test("5 MB come in one answer while the keys are exchanged anew every megabyte", arguments: 0..<4)
    func rekeyingDownload(_ round: Int) async throws {
        let server = try await SSHServer.start(hostKeys: [.ed25519], extraLines: ["RekeyLimit 1M"])
        let bytes = pattern(5_000_000)
        let database = Destination { wire in
            while !wire.read(exactly: 1).isEmpty, wire.write(bytes) {}
        }
        let tunnel = try await bench.open(server)
        let port = try await tunnel.forward(to: database.port)
        let answers = await offPool { () -> [[UInt8]] in
            guard let wire = Wire(to: port.port) else { return [] }
            return (0..<2).map { _ in
                wire.write([1])
                return wire.read(exactly: bytes.count)
            }
        }
        let isWhole = answers == [bytes, bytes]
        #expect(isWhole)
        await server.stop()
    }

    @Test("A client that does not read holds the database back, and loses nothing")
    func slowClient() async throws {
        let bytes = pattern(48 << 20)
        let sent = Atomic(0)
        let database = Destination { wire in
            for start in stride(from: 0, to: bytes.count, by: 64 << 10) {
                guard wire.write(Array(bytes[start..<start + 64 << 10])) else { return }
                sent.add(64 << 10, ordering: .relaxed)
            }
        }
        let tunnel = try await bench.open(try await .shared())
        let port = try await tunnel.forward(to: database.port)
        let wire = try #require(await offPool { Wire(to: port.port) })
        // Busy neighbours: their traffic must not let the slow one's buffers grow.
        let echo = Destination.echo()
        var level = -1
        while level != sent.load(ordering: .relaxed) {
            level = sent.load(ordering: .relaxed)
            try await exchange(100, over: tunnel, with: echo)
        }
        #expect(level < 24 << 20, "kernels and sshd hold some, but the reactor must not hold the rest")
        let heard = await offPool { wire.read(exactly: bytes.count) }
        let isWhole = heard == bytes
        #expect(isWhole)
    }

    @Test("A database that does not read holds the client back, and loses nothing")
    func slowDatabase() async throws {
        let mayRead = DispatchSemaphore(value: 0)
        let bytes = pattern(48 << 20)
        let heard = Mutex<[UInt8]?>(nil)
        let database = Destination { wire in
            mayRead.wait()
            let all = wire.read(exactly: bytes.count)
            heard.withLock { $0 = all }
        }
        let tunnel = try await bench.open(try await .shared())
        let port = try await tunnel.forward(to: database.port)
        let wire = try #require(await offPool { Wire(to: port.port) })
        let sent = Atomic(0)
        Thread.detachNewThread {
            for start in stride(from: 0, to: bytes.count, by: 64 << 10) {
                guard wire.write(Array(bytes[start..<start + 64 << 10])) else { return }
                sent.add(64 << 10, ordering: .relaxed)
            }
        }
        let echo = Destination.echo()
        var level = -1
        while level != sent.load(ordering: .relaxed) {
            level = sent.load(ordering: .relaxed)
            try await exchange(100, over: tunnel, with: echo)
        }
        #expect(level < 24 << 20)
        mayRead.signal()
        let all = try await eventually(within: .seconds(60), "all arrives") { heard.withLock { $0 } }
        let isWhole = all == bytes
        #expect(isWhole)
    }

    /// Round trips over a connection of their own through the same tunnel.
    private func exchange(_ times: Int, over tunnel: Tunnel, with echo: Destination) async throws {
        let port = try await tunnel.forward(to: echo.port)
        let count = await offPool { () -> Int in
            guard let wire = Wire(to: port.port) else { return 0 }
            return (0..<times).filter { _ in
                wire.write([7])
                return wire.read(exactly: 1) == [7]
            }.count
        }
        #expect(count == times)
    }

    @Test("When the client closes, the database has all its bytes and sees the end")
    func clientCloses() async throws {
        let heard = Mutex<[UInt8]?>(nil)
        let bytes = pattern(300_000)
        let database = Destination { wire in
            wire.write([1])
            let all = wire.read(exactly: bytes.count + 1)
            heard.withLock { $0 = all }
        }
        let tunnel = try await bench.open(try await .shared())
        let port = try await tunnel.forward(to: database.port)
        await offPool {
            guard let wire = Wire(to: port.port), wire.read(exactly: 1) == [1] else { return }
            wire.write(bytes)
        }
        let all = try await eventually("the database sees the end") { heard.withLock { $0 } }
        let isWhole = all == bytes
        #expect(isWhole)
    }

    @Test("A port serves one client; later ones are refused")
    func once() async throws {
        let tunnel = try await bench.open(try await .shared())
        let database = Destination.echo()
        let port = try await tunnel.forward(to: database.port)
        let (first, second) = await offPool { () -> ([UInt8], Wire?) in
            guard let wire = Wire(to: port.port) else { return ([], nil) }
            wire.write([9])
            let answer = wire.read(exactly: 1)
            return (answer, Wire(to: port.port))
        }
        #expect(first == [9])
        #expect(second == nil)
    }

    @Test("Another process is turned away, and the port still waits for ours")
    func stranger() async throws {
        let database = Destination { wire in wire.write([42]) }
        let tunnel = try await bench.open(try await .shared())
        let port = try await tunnel.forward(to: database.port)
        let stolen = try await run("bash", ["-c", "cat < /dev/tcp/127.0.0.1/\(port.port) 2>/dev/null | wc -c"])
        #expect(stolen.trimmingCharacters(in: .whitespacesAndNewlines) == "0")
        let ours = await offPool { Wire(to: port.port)?.read(exactly: 1) }
        #expect(ours == [42])
    }

    @Test("A port that nobody came for closes at its deadline")
    func nobodyCame() async throws {
        let tunnel = try await bench.open(try await .shared())
        let database = Destination.echo()
        let port = try await tunnel.forward(to: database.port, within: .seconds(2))
        let isClosed = try await eventually("the port closes") {
            await offPool { LoopbackProbe.isListening(port.port) } ? nil : true
        }
        #expect(isClosed)
        #expect(tunnel.isAlive)
    }

    @Test("A database that refuses is the database's fault, and the tunnel lives on")
    func refusedDatabase() async throws {
        let refused = try RefusedPort()
        let tunnel = try await bench.open(try await .shared())
        let error = await fault { () async throws(VisitError) in try await tunnel.forward(to: refused.port) }
        #expect(
            error?.message
                == "Database connection failed: The SSH server cannot reach 127.0.0.1:\(refused.port): Connection refused"
        )
        #expect(error?.kind == .database)
        #expect(error?.stage == .tunnel)
        #expect(tunnel.isAlive)
        let database = Destination.echo()
        _ = try await tunnel.forward(to: database.port)
    }

    @Test("A listener that cannot accept any more says so instead of trying for ever")
    func brokenListener() throws {
        let listener = try LoopbackListener()
        defer { listener.close() }
        #expect(try listener.acceptOwn() == nil)
        #expect(shutdown(listener.socket, Int32(SHUT_RDWR)) == 0)
        #expect(throws: SocketFailure.self) { try listener.acceptOwn() }
    }

    @Test(
        "Of a bastion's own words only known ones are shown",
        arguments: [
            ("2) Connection refused", ": Connection refused"), ("2) open failed", ""),
            ("2) password is sesame\u{1b}[2J", ""),
        ])
    func bastionsWords(_ words: String, _ shown: String) {
        let error = SSHFault.refusedForwarding(
            to: "db", port: 3306, detail: "Channel opening failure: channel 43 error (\(words)")
        #expect(error.message == "Database connection failed: The SSH server cannot reach db:3306\(shown)")
    }

    @Test("What goes into the log has no secret in it, not even the half of one, and no control characters")
    func loggedWords() {
        let words = "\u{1b}[2Jsesame and open" + String(repeating: "x", count: 280) + "sesame"
        let logged = words.loggable(without: [Secret("sesame"), Secret("open")])
        #expect(logged.hasPrefix(" [2J•••• and ••••xxx"))
        #expect(!logged.contains("s") && !logged.contains("\u{1b}"))
    }

    @Test("A database name that the bastion does not know is the database's fault")
    func unknownDatabase() async throws {
        let tunnel = try await bench.open(try await .shared())
        let error = await fault { () async throws(VisitError) in
            try await tunnel.forward(
                toHost: "no-such-host.invalid", port: 3306, deadline: Deadline(within: .seconds(20)))
        }
        #expect(
            error?.message.hasPrefix(
                "Database connection failed: The SSH server cannot reach no-such-host.invalid:3306")
                == true)
        #expect(error?.kind == .database)
    }

    @Test("A bastion that forbids tunnels is named, at the stage after SSH")
    func forbidden() async throws {
        let server = try await SSHServer.start(hostKeys: [.ed25519], extraLines: ["AllowTcpForwarding no"])
        let tunnel = try await bench.open(server)
        let error = await fault { () async throws(VisitError) in try await tunnel.forward(to: 3306) }
        #expect(
            error?.message
                == "Database connection failed: The SSH server does not permit a tunnel to 127.0.0.1:3306")
        #expect(error?.stage == .tunnel)
        await server.stop()
    }
}

/// Whether a port is listening, seen without connecting to it.
enum LoopbackProbe {
    static func isListening(_ port: Int) -> Bool {
        let table = String(decoding: FileManager.default.contents(atPath: "/proc/net/tcp") ?? Data(), as: UTF8.self)
        let own = String(format: ":%04X 00000000:0000 0A", port)
        return table.contains(own)
    }
}
