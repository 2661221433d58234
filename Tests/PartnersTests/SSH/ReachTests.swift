import Domain
import TestSupport
import Testing

@testable import Partners

@Suite("Bastions that cannot be reached")
struct ReachTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    private func attempt(
        host: String = "127.0.0.1", port: Int, within limit: Duration = .seconds(20)
    ) async -> VisitError? {
        await fault { () async throws(VisitError) in try await bench.open(host: host, port: port, within: limit) }
    }

    @Test("A refused connection says so")
    func refused() async throws {
        let port = try RefusedPort()
        let error = await attempt(port: port.port)
        #expect(error?.message == "SSH connection failed: Connection refused")
        #expect(error?.kind == .ssh)
        #expect(error?.stage == .sshConnect)
    }

    @Test("Of several addresses the one that answers is taken")
    func severalAddresses() async throws {
        let hole = try BlackHole()
        let refused = try RefusedPort()
        let addresses =
            [SocketAddress(host: "127.0.0.1", port: refused.port)]
            + [SocketAddress(host: "127.0.0.1", port: hole.port)]
        let socket = try await Dialer.connect(to: addresses, peer: .bastion, deadline: Deadline(within: .seconds(20)))
        let wire = Wire(descriptor: socket)
        #expect(wire.descriptor >= 0)
    }

    @Test("An unknown host name says so")
    func unknownHost() async {
        let error = await attempt(host: "no-such-host.invalid", port: 22)
        #expect(error?.message.hasSuffix("no-such-host.invalid") == true)
        #expect(error?.message.hasPrefix("SSH connection failed: Host name ") == true)
        #expect(error?.stage == .resolve)
        #expect(error?.kind == .ssh)
    }

    @Test("A silent bastion costs its deadline and no more")
    func blackHole() async throws {
        let hole = try BlackHole()
        let clock = ContinuousClock.now
        let error = await attempt(port: hole.port, within: .seconds(1))
        #expect(error?.message == "SSH connection failed: Timed out after 1 s")
        #expect(error?.kind == .timeout)
        #expect(error?.stage == .sshConnect)
        #expect(clock.duration(to: .now) < .seconds(10))
        let isLeft = try await eventually("the socket is closed") { hole.connectionCount == 0 ? true : nil }
        #expect(isLeft)
    }

    @Test("A cancelled login ends at once and leaves nothing open")
    func cancelled() async throws {
        let hole = try BlackHole()
        let login = Task { await attempt(port: hole.port, within: .seconds(60)) }
        _ = try await eventually("it connects") { hole.connectionCount == 1 ? true : nil }
        let clock = ContinuousClock.now
        login.cancel()
        #expect(await login.value != nil)
        #expect(clock.duration(to: .now) < .seconds(10))
        let isLeft = try await eventually("the socket is closed") { hole.connectionCount == 0 ? true : nil }
        #expect(isLeft)
    }

    @Test(
        "A server that hangs up in the handshake says so",
        arguments: ["", "SSH-2.0-cut", "SSH-2.0-cut\r\n"])
    func cut(_ greeting: String) async throws {
        let server = try CutServer(says: greeting)
        let error = await attempt(port: server.port)
        #expect(error?.message == "SSH connection failed: The server closed the connection during the handshake")
        #expect(error?.kind == .ssh)
    }

    @Test(
        "A server of another protocol is named as such",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "220 mail.example ESMTP\r\n",
            "J\0\0\0\u{0A}5.5.5-10.11.6-MariaDB\0", String(repeating: "x", count: 5_000),
        ])
    func foreign(_ greeting: String) async throws {
        let cut = try CutServer(says: greeting)
        let patient = try ForeignServer(says: greeting)
        for port in [cut.port, patient.port] {
            let error = await attempt(port: port, within: .seconds(3))
            #expect(error?.message == "SSH connection failed: Not an SSH server")
            #expect(error?.kind == .ssh)
        }
    }

    @Test("A busy sshd's parting words are passed on")
    func busy() async throws {
        let server = try CutServer(says: "Exceeded MaxStartups\r\n")
        let error = await attempt(port: server.port)
        #expect(error?.message == "SSH connection failed: The server turned us away: Exceeded MaxStartups")
    }

    @Test("After the shutdown nothing is opened")
    func afterShutdown() async throws {
        let hole = try BlackHole()
        await bench.reactor.shutdown()
        let error = await attempt(port: hole.port)
        #expect(error?.message == "SSH connection failed: The service is stopping")
    }

    @Test("A shutdown ends a login under way")
    func shutdownUnderWay() async throws {
        let hole = try BlackHole()
        let login = Task { await attempt(port: hole.port, within: .seconds(60)) }
        _ = try await eventually("it connects") { hole.connectionCount == 1 ? true : nil }
        await bench.reactor.shutdown()
        #expect(await login.value != nil)
    }
}
