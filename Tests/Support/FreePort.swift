import Foundation
import Synchronization

/// Ports of 127.0.0.1 that nobody listens on.
package enum FreePort {
    private static let taken = Mutex(Set<UInt16>())

    /// A free port below the range that the kernel gives to outgoing connections, so that none of those takes it
    /// before its server is up; never the same twice in one process.
    package static func next() throws -> Int {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: 11_000..<32_000)
            guard taken.withLock({ $0.insert(port).inserted }) else { continue }
            if try isFree(port) { return Int(port) }
        }
        throw SystemFailure("no free port", code: EADDRINUSE)
    }

    private static func isFree(_ port: UInt16) throws -> Bool {
        let descriptor = try LoopbackSocket.make()
        defer { close(descriptor) }
        return LoopbackSocket.bind(descriptor, port: port)
    }
}

/// The few socket calls that the helpers share.
enum LoopbackSocket {
    static func make() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemFailure("socket") }
        return descriptor
    }

    static func bind(_ descriptor: Int32, port: UInt16) -> Bool {
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        return with(port) { Glibc.bind(descriptor, $0, $1) } == 0
    }

    static func connect(to port: Int) throws -> Int32 {
        let descriptor = try make()
        guard with(UInt16(port), { Glibc.connect(descriptor, $0, $1) }) == 0 else {
            let failure = SystemFailure("connect to \(port)")
            close(descriptor)
            throw failure
        }
        return descriptor
    }

    /// Whether somebody accepts connections there.
    static func answers(_ port: Int) -> Bool {
        guard let descriptor = try? connect(to: port) else { return false }
        close(descriptor)
        return true
    }

    static func port(of descriptor: Int32) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func with(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
