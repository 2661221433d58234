import Domain
import Foundation
import Glibc

/// Finds and reaches hosts without blocking a cooperative thread or the reactor: each call has a thread of its own,
/// because `getaddrinfo` cannot be interrupted. Callers bound how many there are.
enum Dialer {
    /// Whom an error blames.
    enum Peer: Sendable {
        case bastion
        case database
    }

    /// The numeric addresses of a host, in the order to try them. Throws at stage `resolve`.
    static func resolve(
        host: String, port: Int, peer: Peer, deadline: Deadline
    ) async throws(VisitError) -> [SocketAddress] {
        if let numeric = SocketAddress.lookUp(host: host, port: port, flags: AI_NUMERICHOST).addresses {
            return numeric
        }
        let reply = Reply<[SocketAddress]>()
        detach("resolve") {
            let found = SocketAddress.lookUp(host: host, port: port, flags: 0)
            reply.settle(found.addresses.map { .success($0) } ?? .failure(fault(found.error, host: host, peer: peer)))
        }
        return try await reply.value(
            by: deadline, late: SSHFault.timeout(deadline, stage: .resolve, blaming: peer),
            cancelled: SSHFault.cancelled(stage: .resolve, blaming: peer))
    }

    /// A connected, non-blocking socket to the first address that answers; the caller closes it.
    ///
    /// Throws at stage `ssh-connect` or `db-connect`. Ends at once when cancelled.
    static func connect(
        to addresses: [SocketAddress], peer: Peer, deadline: Deadline
    ) async throws(VisitError) -> Int32 {
        let reply = Reply<Int32>()
        detach("dial") {
            var race = DialRace(addresses: addresses, deadline: deadline)
            let outcome = race.run(isAbandoned: { reply.isSettled })
            if !reply.settle(outcome.mapError { fault($0, peer: peer, deadline: deadline) }),
                case .success(let socket) = outcome
            {
                close(socket)
            }
        }
        return try await reply.value(cancelled: SSHFault.cancelled(stage: peer.connectStage, blaming: peer))
    }

    /// A look-up needs little stack, but the system's name service modules are not ours to trust with less.
    private static let stackSize = 512 << 10

    private static func detach(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.stackSize = stackSize
        thread.start()
    }

    private static func fault(_ error: Int32, host: String, peer: Peer) -> VisitError {
        let isUnknown = error == EAI_NONAME || error == EAI_NODATA
        return VisitError(
            kind: peer.kind, stage: .resolve,
            message: peer.sentence(
                "\(isUnknown ? "Host name not found" : "Host name could not be looked up"): \(host)"),
            detail: String(cString: gai_strerror(error)))
    }

    private static func fault(_ failure: DialRace.Failure, peer: Peer, deadline: Deadline) -> VisitError {
        guard let error = failure.error else {
            return SSHFault.timeout(deadline, stage: peer.connectStage, blaming: peer)
        }
        return VisitError(
            kind: peer.kind, stage: peer.connectStage, message: peer.sentence(errorText(error)),
            detail: "\(failure.address.map(String.init(describing:)) ?? "no address"): \(errorText(error))")
    }
}

/// What the system says of an `errno`: `Connection refused`.
func errorText(_ error: Int32) -> String {
    String(cString: strerror(error))
}

/// `EAI_NODATA` of glibc's `netdb.h`, hidden behind `_GNU_SOURCE`.
private let EAI_NODATA: Int32 = -5
