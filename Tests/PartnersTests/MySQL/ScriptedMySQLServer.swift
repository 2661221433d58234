import Foundation
import Synchronization

@testable import TestSupport

/// A hostile or ancient server: it greets as told, lets everybody in, and answers every query with the same bytes.
final class ScriptedMySQLServer: ScriptedServer {
    struct Greeting: Sendable {
        var offersTLS = false
        var knowsPlugins = true
        var plugin = "mysql_native_password"
        /// Says this error instead of greeting.
        var error: UInt16?
    }

    private let listener: LoopbackListener
    private let heard: Heard
    var port: Int { listener.port }
    /// All that clients have sent.
    var received: [UInt8] { heard.bytes.withLock { $0 } }

    private final class Heard: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    /// `answer` is the first packet after a query.
    init(_ greeting: Greeting = Greeting(), answer: [UInt8] = []) throws {
        let heard = Heard()
        self.heard = heard
        listener = try LoopbackListener { connection in
            func receive() -> [UInt8] {
                let bytes = connection.receive()
                heard.bytes.withLock { $0 += bytes }
                return bytes
            }
            guard connection.send(Self.packet(0, greeting.payload)), !receive().isEmpty,
                connection.send(Self.packet(2, [0, 0, 0, 2, 0, 0, 0]))
            else { return }
            while !receive().isEmpty {
                guard connection.send(Self.packet(1, answer)) else { return }
            }
        }
    }

    deinit { listener.stop() }

    private static func packet(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [UInt8(payload.count & 0xFF), UInt8(payload.count >> 8 & 0xFF), UInt8(payload.count >> 16), number] + payload
    }
}

extension ScriptedMySQLServer.Greeting {
    /// The error, or else protocol 10, a version, a scramble and the capabilities.
    fileprivate var payload: [UInt8] {
        if let error { return [0xFF, UInt8(error & 0xFF), UInt8(error >> 8)] + Array("go away".utf8) }
        // Everything that a client may ask for but TLS (bit 11) and plugins (bit 19).
        var capabilities: UInt32 = 0x00F7_F7FF & ~(1 << 11) & ~(1 << 19) & ~(1 << 5) & ~1
        if offersTLS { capabilities |= 1 << 11 }
        if knowsPlugins { capabilities |= 1 << 19 }
        let low = [UInt8(capabilities & 0xFF), UInt8(capabilities >> 8 & 0xFF)]
        let high = [UInt8(capabilities >> 16 & 0xFF), UInt8(capabilities >> 24)]
        return [10] + Array("5.5.5-10.11.0-MariaDB".utf8) + [0, 1, 0, 0, 0] + Array("abcdefgh".utf8) + [0] + low
            + [45, 2, 0] + high + [21] + [UInt8](repeating: 0, count: 10) + Array("ijklmnopqrst".utf8) + [0]
            + Array(plugin.utf8) + [0]
    }
}
