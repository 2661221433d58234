/// The first bytes a server sent, which tell an SSH server from another and why a busy one hangs up.
struct Greeting: Sendable {
    /// At most 255 bytes, as text; empty: the server said nothing.
    var text = ""

    /// OpenSSH says these in the clear instead of a greeting (`sshd.c`), then closes.
    private static let refusals = ["Exceeded MaxStartups", "Not allowed at this time"]

    var isSSH: Bool { text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("SSH-") } }

    /// Whether something other than SSH answered.
    var isForeign: Bool { !text.isEmpty && !isSSH && refusal == nil }

    /// Why a server that is too busy, or tired of us, hung up.
    var refusal: String? { Self.refusals.first { text.hasPrefix($0) } }
}

/// How a handshake ended without a host key.
struct HandshakeEnd: Sendable {
    var greeting = Greeting()
    /// libssh's words.
    let detail: String

    /// Whether it was libssh that hung up on an SSH server, for want of anything in common. It closes the socket at
    /// once and mostly forgets why, leaving an `errno` of 0.
    var isOurRefusal: Bool {
        greeting.isSSH && (detail.contains("no match for method") || detail == "Socket error: Success")
    }

    /// To be shown.
    var reason: String {
        if let refusal = greeting.refusal { return "The server turned us away: \(refusal)" }
        if greeting.isForeign { return "Not an SSH server" }
        if isOurRefusal { return "No key exchange, cipher or host key in common" }
        if detail.hasPrefix("Socket error") { return "The server closed the connection during the handshake" }
        return "The handshake failed"
    }
}
