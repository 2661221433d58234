import Domain

/// Decides which host key types to ask a server for, so that one with several keys is not taken for a changed one.
struct HostKeySearch: Sendable {
    /// All that we accept, in the order of preference (libssh's own default).
    static let allTypes = [
        "ssh-ed25519", "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp256", "ssh-rsa",
    ]

    private let pin: HostKeyPin?
    private var untried: [String]
    private var firstShown: HostKeyPin?

    init(pin: HostKeyPin?) {
        self.pin = pin
        self.untried = pin?.keyType.map { [$0] } ?? Self.allTypes
    }

    /// What to offer in the next key exchange, as libssh and RFC 8332 name the algorithms.
    var algorithms: String {
        untried.map { $0 == "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : $0 }.joined(separator: ",")
    }

    /// Whether a credential may be sent to a server that shows this key.
    static func accepts(_ shown: HostKeyPin, pin: HostKeyPin?) -> Bool {
        pin.map { $0.fingerprint == shown.fingerprint } ?? true
    }

    /// The server showed a key that is not the pinned one. False: there is no other type left to ask for.
    mutating func reject(_ shown: HostKeyPin) -> Bool {
        firstShown = firstShown ?? shown
        guard pin?.keyType == nil else { return false }
        untried.removeAll { $0 == shown.keyType }
        return !untried.isEmpty
    }

    /// The server has no key of the types asked for. False: nothing else can be asked for.
    ///
    /// A pinned type that is gone is followed by one try with all others, to learn what the server shows instead.
    mutating func rejectTypes() -> Bool {
        guard firstShown == nil, untried != Self.allTypes, let keyType = pin?.keyType else { return false }
        untried = Self.allTypes.filter { $0 != keyType }
        return true
    }

    /// Why the search ended without an accepted key; `end` is of the last key exchange, if that failed.
    func fault(_ end: HandshakeEnd?) -> VisitError {
        guard let pin, let firstShown else {
            return SSHFault.handshake(end ?? HandshakeEnd(detail: "no host key"))
        }
        return SSHFault.changedHostKey(expected: pin, shown: firstShown)
    }
}
