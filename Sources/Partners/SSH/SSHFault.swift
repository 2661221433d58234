import Domain

/// The sentences of everything that can go wrong up to a forwarded port, in one place.
enum SSHFault {
    static func timeout(_ deadline: Deadline, stage: ConnectionStage, blaming peer: Dialer.Peer) -> VisitError {
        VisitError(kind: .timeout, stage: stage, message: peer.sentence(deadline.sentence))
    }

    static func cancelled(stage: ConnectionStage, blaming peer: Dialer.Peer) -> VisitError {
        VisitError(kind: peer.kind, stage: stage, message: peer.sentence("Cancelled"))
    }

    static func shutDown(stage: ConnectionStage) -> VisitError {
        VisitError(kind: .ssh, stage: stage, message: Dialer.Peer.bastion.sentence("The service is stopping"))
    }

    static func refusedLogin(_ reason: String = "Authentication failed", detail: String) -> VisitError {
        VisitError(
            kind: .sshLogin, stage: .sshAuth, message: Dialer.Peer.bastion.sentence(reason), detail: detail)
    }

    static func changedHostKey(expected: HostKeyPin, shown: HostKeyPin) -> VisitError {
        VisitError(
            kind: .hostKey, stage: .sshHostKey,
            message: Dialer.Peer.bastion.sentence("Host key changed: expected \(expected) got \(shown)"))
    }

    static func lost(stage: ConnectionStage, detail: String) -> VisitError {
        VisitError(
            kind: .ssh, stage: stage, message: Dialer.Peer.bastion.sentence("The server closed the connection"),
            detail: detail)
    }

    /// What went wrong between the first byte and the host key.
    static func handshake(_ end: HandshakeEnd) -> VisitError {
        VisitError(
            kind: .ssh, stage: .sshConnect, message: Dialer.Peer.bastion.sentence(end.reason), detail: end.detail)
    }

    /// The bastion's answer to a request for a connection to the database; blames the database, for the login stood.
    static func refusedForwarding(to host: String, port: Int, detail: String) -> VisitError {
        let destination = SocketAddress(host: host, port: port)
        let reason =
            switch openFailureCode(detail) {
            case administrativelyProhibited: "The SSH server does not permit a tunnel to \(destination)"
            default: "The SSH server cannot reach \(destination)\(openFailureText(detail))"
            }
        return VisitError(
            kind: .database, stage: .tunnel, message: Dialer.Peer.database.sentence(reason), detail: detail)
    }

    static func local(_ call: String, error: Int32, stage: ConnectionStage) -> VisitError {
        VisitError(
            kind: .ssh, stage: stage, message: Dialer.Peer.bastion.sentence("No local socket could be had"),
            detail: "\(call): \(errorText(error))")
    }

    /// RFC 4254, 5.1.
    private static let administrativelyProhibited = 1

    /// libssh words it `Channel opening failure: channel 43 error (2) Connection refused`.
    private static func openFailureCode(_ detail: String) -> Int? {
        detail.firstMatch(of: /error \((\d+)\)/).flatMap { Int($0.1) }
    }

    /// What OpenSSH passes on of its system's words. Anything else that a server says is for the log only.
    private static let knownTexts = [
        "Connection refused", "Connection timed out", "No route to host", "Network is unreachable",
        "Name or service not known", "Temporary failure in name resolution",
    ]

    private static func openFailureText(_ detail: String) -> String {
        knownTexts.first { detail.hasSuffix($0) }.map { ": \($0)" } ?? ""
    }
}

extension Dialer.Peer {
    /// `SSH connection failed: <reason>` or `Database connection failed: <reason>`.
    func sentence(_ reason: String) -> String {
        switch self {
        case .bastion: "SSH connection failed: \(reason)"
        case .database: "Database connection failed: \(reason)"
        }
    }

    var kind: VisitFailureKind {
        switch self {
        case .bastion: .ssh
        case .database: .database
        }
    }

    var connectStage: ConnectionStage {
        switch self {
        case .bastion: .sshConnect
        case .database: .dbConnect
        }
    }
}

extension String {
    /// One short line without any of these; they go first, for a cut could leave the half of one.
    func loggable(without secrets: [Secret]) -> String {
        secrets.reduce(self) { $0.withoutSecret($1) }.loggable
    }
}
