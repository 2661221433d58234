import Foundation
import Synchronization

@testable import TestSupport

/// A hostile or ancient server: it answers a request for TLS and a login as told, lets everybody in, and answers every
/// query with the same bytes.
final class ScriptedPostgreSQLServer: ScriptedServer {
    struct Script: Sendable {
        /// What a client hears that asks for TLS.
        var tls = "N"
        /// What it is asked, in one packet, after it has named itself.
        var login = Message.loggedIn
        /// What follows the client's answer to that, unless it is in already.
        var welcome = Message.loggedIn
        var answer: [UInt8] = []
    }

    /// Messages of the protocol's version 3.
    enum Message {
        static func of(_ kind: Character, _ payload: [UInt8]) -> [UInt8] {
            Array(String(kind).utf8) + number(payload.count + 4) + payload
        }

        static func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }

        static let clearText = of("R", number(3))
        static let digest = of("R", number(5) + [1, 2, 3, 4])
        static let ready = of("Z", Array("I".utf8))
        static let loggedIn = of("R", number(0)) + ready

        static func error(_ state: String, _ text: String) -> [UInt8] {
            let fields = [("S", "ERROR"), ("V", "ERROR"), ("C", state), ("M", text)]
            return of("E", fields.flatMap { Array(($0.0 + $0.1).utf8) + [0] } + [0])
        }

        static func notice(_ text: String) -> [UInt8] {
            let fields = [("S", "WARNING"), ("V", "WARNING"), ("C", "01000"), ("M", text)]
            return of("N", fields.flatMap { Array(($0.0 + $0.1).utf8) + [0] } + [0])
        }
    }

    private let listener: LoopbackListener
    private let heard: Heard
    var port: Int { listener.port }
    /// All that clients have sent.
    var received: [UInt8] { heard.bytes.withLock { $0 } }

    private final class Heard: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    /// The request for TLS, number 80877103 (PostgreSQL's manual, "Message Formats").
    static let tlsRequest: [UInt8] = [0, 0, 0, 8, 4, 210, 22, 47]

    init(_ script: Script) throws {
        let heard = Heard()
        self.heard = heard
        listener = try LoopbackListener { connection in
            func receive() -> [UInt8] {
                let bytes = connection.receive()
                heard.bytes.withLock { $0 += bytes }
                return bytes
            }
            var first = receive()
            if first == Self.tlsRequest {
                guard connection.send(script.tls.utf8) else { return }
                first = receive()
            }
            guard !first.isEmpty, connection.send(script.login) else { return }
            if script.login != script.welcome {
                guard !receive().isEmpty, connection.send(script.welcome) else { return }
            }
            while !receive().isEmpty {
                guard connection.send(script.answer) else { return }
            }
        }
    }

    deinit { listener.stop() }
}
