import Domain

/// An open way to one partner's database: the session and, if there is one, the tunnel that carries it.
final class PartnerConnection: Sendable {
    let session: any PartnerSession
    let tunnel: Tunnel?
    private let port: ForwardedPort?
    /// The tunnel is another connection's, which may close it at any time; we never do.
    let isGuest: Bool

    init(session: any PartnerSession, tunnel: Tunnel? = nil, port: ForwardedPort? = nil, isGuest: Bool = false) {
        self.session = session
        self.tunnel = tunnel
        self.port = port
        self.isGuest = isGuest
    }

    /// False as soon as either has ended. Cheap; only meaningful between calls.
    var isAlive: Bool { tunnel?.isAlive ?? true && session.isAlive }

    /// Ends both without waiting; may be called more than once.
    func close() {
        session.close()
        port?.close()
        if !isGuest { tunnel?.close() }
    }

    /// Runs `work` on the session and says what failed in words for an operator.
    func run<Value: Sendable>(
        _ purpose: Purpose, stage: ConnectionStage, of access: PartnerAccess, until deadline: Deadline,
        _ work: @escaping @Sendable (any StatementRunner) throws(DatabaseFailure) -> Value
    ) async throws(VisitError) -> Value {
        do {
            return try await session.run(purpose, until: deadline, work)
        } catch {
            throw visitError(error, stage: stage, of: access, deadline: deadline)
        }
    }

    /// What a call's failure means for the visit; `isStaleSession` if the connection was gone before any answer came.
    func visitError(
        _ error: SessionError, stage: ConnectionStage, of access: PartnerAccess, deadline: Deadline
    ) -> VisitError {
        var visitError = VisitError(error, stage: stage, deadline: deadline, password: access.secrets.databasePassword)
        if let tunnel, error.isLost, !tunnel.isAlive {
            // What a bastion breaks by hanging up is the bastion's failure.
            visitError = VisitError(
                kind: .ssh, stage: stage, message: "SSH connection failed: The connection was lost",
                detail: visitError.detail)
        }
        visitError.isStaleSession = error.isLostBeforeAnswer
        return visitError.with(hostKey: tunnel?.hostKey)
    }
}

extension SessionError {
    /// The connection was gone before any of the answer had come.
    var isLostBeforeAnswer: Bool { failure?.cause == .lost(midAnswer: false) }

    var isMissingObject: Bool { failure?.cause == .missingObject }

    fileprivate var isLost: Bool { isLostBeforeAnswer || failure?.cause == .lost(midAnswer: true) }

    private var failure: DatabaseFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}

extension VisitError {
    /// With the key that the bastion showed, if none is known yet.
    func with(hostKey: HostKeyPin?) -> VisitError {
        var error = self
        error.hostKey = error.hostKey ?? hostKey
        return error
    }
}
