import Domain
import Foundation
import Glibc
import Logging
import Synchronization
import TestSupport

@testable import Partners

/// A reactor for one test, and what the tests ask of it; it ends with the test.
struct Bench {
    let reactor: TunnelReactor

    init(keepAlive: Duration = .seconds(30)) throws {
        reactor = try TunnelReactor(logger: Logger(label: "test"), keepAlive: keepAlive)
    }

    func open(
        _ server: SSHServer, port: Int? = nil, credential: SSHLogin.Credential? = nil, hostKey: HostKeyPin? = nil,
        within limit: Duration = .seconds(20), progress: @escaping @Sendable (ConnectionStage) -> Void = { _ in }
    ) async throws(VisitError) -> Tunnel {
        let login = SSHLogin(
            host: "127.0.0.1", port: port ?? server.port, username: server.username,
            credential: credential ?? .password(Secret(server.password)), hostKey: hostKey,
            secrets: [Secret(server.password)])
        return try await reactor.open(login, deadline: Deadline(within: limit), progress: progress)
    }

    /// Tries to log in where no SSH server is, or none that answers.
    func open(
        host: String = "127.0.0.1", port: Int, within limit: Duration = .seconds(20)
    ) async throws(VisitError) -> Tunnel {
        let login = SSHLogin(
            host: host, port: port, username: "nobody", credential: .password(Secret("none")), hostKey: nil,
            secrets: [Secret("none")])
        return try await reactor.open(login, deadline: Deadline(within: limit), progress: { _ in })
    }
}

extension PrivateKey {
    static func parse(_ text: Secret, passphrase: Secret?) async throws -> PrivateKey {
        try await parse(text, passphrase: passphrase, deadline: Deadline(within: .seconds(60))).get()
    }
}

extension Tunnel {
    func forward(to port: Int, within limit: Duration = .seconds(20)) async throws(VisitError) -> ForwardedPort {
        try await forward(toHost: "127.0.0.1", port: port, deadline: Deadline(within: limit))
    }
}

/// The error that `body` throws; `nil`: it succeeded.
func fault<Value>(_ body: () async throws(VisitError) -> Value) async -> VisitError? {
    do throws(VisitError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// Runs a blocking body on a thread of its own.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { waiter in
        Thread.detachNewThread { waiter.resume(returning: body()) }
    }
}

/// A blocking TCP connection, closed when released. Used by one thread at a time.
final class Wire: Sendable {
    let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// `nil`: refused.
    init?(to port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = loopback(port)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// False: broken.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Some bytes; none: the other side is done, or nothing came for a minute.
    func read(_ most: Int = 64 << 10) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: most)
        let count = recv(descriptor, &buffer, most, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    func read(exactly count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let more = read(count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }
}

/// A database stand-in: a TCP server on loopback that gives each connection to `handle` on a thread of its own, as
/// long as the test process lives.
final class Destination: Sendable {
    let port: Int

    init(_ handle: @escaping @Sendable (Wire) -> Void) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size)
                listen(descriptor, 512)
                getsockname(descriptor, $0, &size)
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread {
            while case let connection = accept(descriptor, nil, nil), connection >= 0 {
                Thread.detachNewThread { handle(Wire(descriptor: connection)) }
            }
            close(descriptor)
        }
    }

    /// Sends back what it gets.
    static func echo() -> Destination {
        Destination { wire in
            while case let bytes = wire.read(), !bytes.isEmpty, wire.write(bytes) {}
        }
    }
}

private func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
    return address
}

/// Bytes of which a lost or doubled piece shows: a random block whose length divides no buffer's.
func pattern(_ count: Int) -> [UInt8] {
    var state: UInt32 = 1
    let block = (0..<100_003).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: state >> 24)
    }
    var bytes: [UInt8] = []
    while bytes.count < count { bytes += block }
    return Array(bytes.prefix(count))
}
