import Foundation
import TestSupport

/// A TCP connection that says exactly what it is told, for clients that are not well-behaved.
final class RawConnection: Sendable {
    private let descriptor: Int32

    /// Nothing is waited for longer than `patience` seconds. `receiveBuffer`: how many bytes the system takes in for us.
    init(port: Int, patience: Int = 10, receiveBuffer: Int32? = nil) throws {
        descriptor = try Self.connect(to: port) { descriptor in
            if var receiveBuffer {
                setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
            }
            var limit = timeval(tv_sec: patience, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// The tests' server listens on one of the addresses that `localhost` has, which may be IPv6's.
    private static func connect(to port: Int, prepare: (Int32) -> Void) throws -> Int32 {
        var wanted = addrinfo()
        wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo("localhost", String(port), &wanted, &list) == 0 else { throw SystemFailure("getaddrinfo") }
        defer { freeaddrinfo(list) }
        var next = list?.pointee
        while let address = next {
            let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            guard descriptor >= 0 else { throw SystemFailure("socket") }
            prepare(descriptor)
            if Foundation.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return descriptor }
            close(descriptor)
            next = address.ai_next?.pointee
        }
        throw SystemFailure("connect")
    }

    deinit { close(descriptor) }

    /// Sends all of `bytes`; false if the other side hung up or reads nothing for that long.
    func send(_ bytes: [UInt8]) async -> Bool {
        await onThread { descriptor in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }

    func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

    /// What comes until `isEnough`, the end, or a silence of that length.
    func receive(until isEnough: @escaping @Sendable (String) -> Bool) async -> String {
        await onThread { descriptor in
            var received: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            while !isEnough(String(decoding: received, as: UTF8.self)) {
                let count = recv(descriptor, &chunk, chunk.count, 0)
                guard count > 0 else { break }
                received += chunk[..<count]
            }
            return String(decoding: received, as: UTF8.self)
        }
    }

    /// Blocking calls have no place on the cooperative pool.
    private func onThread<Value: Sendable>(_ work: @escaping @Sendable (Int32) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in continuation.resume(returning: work(descriptor)) }
        }
    }
}
