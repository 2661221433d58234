import Domain
import Foundation
import TestSupport
import Testing

@testable import Partners

@Suite("The life of tunnels", .needsSSHServer)
struct TunnelLifeTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    /// A client connected through the tunnel, proved by one round trip.
    private func client(_ tunnel: Tunnel, _ database: Destination) async throws -> Wire {
        let port = try await tunnel.forward(to: database.port)
        let wire = await offPool { () -> Wire? in
            guard let wire = Wire(to: port.port), wire.write([1]), wire.read(exactly: 1) == [1] else { return nil }
            return wire
        }
        return try #require(wire)
    }

    @Test("When sshd dies, the tunnel is dead at once and so is its client")
    func killed() async throws {
        let server = try await SSHServer.start(hostKeys: [.ed25519])
        let tunnel = try await bench.open(server)
        let wire = try await client(tunnel, .echo())
        await server.stop()
        let clock = ContinuousClock.now
        let rest = await offPool { wire.read() }
        #expect(rest.isEmpty)
        #expect(!tunnel.isAlive)
        #expect(clock.duration(to: .now) < .seconds(10))
        let error = await fault { () async throws(VisitError) in try await tunnel.forward(to: 3306) }
        #expect(error?.kind == .ssh)
        try await server.resume()
        #expect(try await bench.open(server).isAlive)
        await server.stop()
    }

    @Test("Closing a tunnel closes its client")
    func closed() async throws {
        let tunnel = try await bench.open(try await .shared())
        let wire = try await client(tunnel, .echo())
        tunnel.close()
        #expect(!tunnel.isAlive)
        #expect(await offPool { wire.read() }.isEmpty)
    }

    @Test("A tunnel that nobody holds any more closes")
    func released() async throws {
        let wire: Wire
        do {
            let tunnel = try await bench.open(try await .shared())
            wire = try await client(tunnel, .echo())
        }
        #expect(await offPool { wire.read() }.isEmpty)
    }

    @Test("A bastion that stops answering without hanging up is found dead, its client closed")
    func frozen() async throws {
        let bench = try Bench(keepAlive: .milliseconds(500))
        let server = try await SSHServer.shared()
        let relay = try Relay(to: server.port)
        let tunnel = try await bench.open(server, port: relay.port)
        let wire = try await client(tunnel, .echo())
        let before = relay.traffic.bytesToClient
        _ = try await eventually("an idle tunnel is asked for signs of life, and lives") {
            relay.traffic.bytesToClient > before + 200 ? true : nil
        }
        #expect(tunnel.isAlive)
        relay.freeze()
        let clock = ContinuousClock.now
        #expect(await offPool { wire.read() }.isEmpty)
        #expect(!tunnel.isAlive)
        #expect(clock.duration(to: .now) < .seconds(15))
    }

    @Test("A bastion that takes no more bytes holds up nobody else")
    func stuck() async throws {
        let server = try await SSHServer.shared()
        let relay = try Relay(to: server.port)
        let stuck = try await bench.open(server, port: relay.port)
        let database = Destination.echo()
        // Each channel's window is 2 MB; together they overfill the socket.
        var uploads: [Wire] = []
        for _ in 0..<16 { uploads.append(try await client(stuck, database)) }
        relay.freeze()
        let bytes = pattern(4 << 20)
        for wire in uploads { Thread.detachNewThread { wire.write(bytes) } }
        let others = try await bench.open(server)
        let wire = try await client(others, database)
        let clock = ContinuousClock.now
        let echoed = await offPool {
            (0..<2_000).allSatisfy { _ in wire.write([1]) && wire.read(exactly: 1) == [1] }
        }
        #expect(echoed)
        #expect(clock.duration(to: .now) < .seconds(40))
        stuck.close()
        relay.heal()
    }

    @Test("A cancelled request for a forwarding ends at once, and the tunnel lives on")
    func cancelledForwarding() async throws {
        let server = try await SSHServer.shared()
        let relay = try Relay(to: server.port)
        let tunnel = try await bench.open(server, port: relay.port)
        let database = Destination.echo()
        relay.freeze()
        let request = Task {
            await fault { () async throws(VisitError) in try await tunnel.forward(to: database.port) }
        }
        request.cancel()
        #expect(await request.value?.stage == .tunnel)
        relay.heal()
        _ = try await client(tunnel, database)
    }

    @Test("A bastion that does not answer a request in time is a time-out that blames the database")
    func lateForwarding() async throws {
        let server = try await SSHServer.shared()
        let relay = try Relay(to: server.port)
        let tunnel = try await bench.open(server, port: relay.port)
        relay.freeze()
        let error = await fault { () async throws(VisitError) in
            try await tunnel.forward(to: 3306, within: .milliseconds(300))
        }
        #expect(error?.message == "Database connection failed: Timed out after 0.3 s")
        #expect(error?.kind == .timeout)
        relay.heal()
    }

    @Test("Many tunnels through one bastion at once, on one thread", arguments: [50, 200])
    func many(_ count: Int) async throws {
        let server = try await SSHServer.shared()
        let database = Destination.echo()
        let echoed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                group.addTask {
                    let tunnel = try await bench.open(server, within: .seconds(120))
                    let port = try await tunnel.forward(to: database.port, within: .seconds(120))
                    let bytes = Array(repeating: UInt8(truncatingIfNeeded: number), count: 1_000)
                    let answer = await offPool { () -> [UInt8] in
                        guard let wire = Wire(to: port.port) else { return [] }
                        wire.write(bytes)
                        return wire.read(exactly: bytes.count)
                    }
                    return answer == bytes && tunnel.isAlive
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(echoed == count)
        await bench.reactor.shutdown()
    }
}
