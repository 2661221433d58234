import CPostgreSQL
import Domain
import Glibc

extension PostgreSQLHandle: ServerHandle {
    static func connected(
        _ login: DatabaseLogin, for purpose: Purpose, cut: SocketCut, deadline: Deadline, greetingBy: Deadline,
        onGreeting: () -> Void
    ) throws(LoginFailure) -> PostgreSQLHandle {
        var stage = ConnectionStage.dbConnect
        do throws(DatabaseFailure) {
            let authorities = try login.tlsMode == .verifyFull ? login.tlsCA.map(MemoryFile.init) : nil
            // libpq is given the file's path only.
            defer { withExtendedLifetime(authorities) {} }
            let parameters = PostgreSQLParameters(
                login, for: purpose, authorities: authorities?.path, deadline: deadline)
            let handle = try PostgreSQLHandle(parameters, cut: cut)
            try handle.establish(deadline: deadline, greetingBy: greetingBy) {
                stage = .dbAuth
                onGreeting()
            }
            guard !login.tlsMode.isStrict || handle.isEncrypted else { throw .notEncrypted }
            return handle
        } catch {
            throw LoginFailure(
                stage: stage, failure: error, isForeign: error.isForeign,
                offersNoTLS: error == .notEncrypted || error.detail.contains("server does not support SSL"))
        }
    }

    /// Step by step, so that the socket can be cut from the first packet on.
    private func establish(
        deadline: Deadline, greetingBy: Deadline, onGreeting: () -> Void
    ) throws(DatabaseFailure) {
        var hasGreeted = false
        var step = PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            guard step != PGRES_POLLING_FAILED, !isLost else { throw failure() }
            // With `prefer`, libpq tries once more without TLS, which is of no use to a password that was refused.
            if cut.adopt(PQsocket(pointer)), failure().sqlState == SQLState.wrongPassword { throw failure() }
            try awaitServer(for: step, until: hasGreeted ? deadline : greetingBy)
            if step == PGRES_POLLING_READING, !hasGreeted {
                let opening = opening
                if opening.isForeign { throw .foreign }
                // A socket that was cut can be read, too, and says nothing.
                hasGreeted = !opening.isEmpty
                if hasGreeted { onGreeting() }
            }
            if step == PGRES_POLLING_READING, isOpenLogin { try judgeLogin(by: deadline) }
            step = PQconnectPoll(pointer)
        }
    }

    private var opening: ServerOpening {
        ServerOpening(
            peek(PQsocket(pointer), limit: 4_096), isNegotiatingTLS: PQstatus(pointer) == CONNECTION_SSL_STARTUP)
    }

    /// Whether the server is to say how to log in, and everybody between can hear it.
    private var isOpenLogin: Bool { PQstatus(pointer) == CONNECTION_AWAITING_RESPONSE && !isEncrypted }

    private func awaitServer(
        for step: PostgresPollingStatusType, until deadline: Deadline
    ) throws(DatabaseFailure) {
        let events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT
        while wait(for: events, until: deadline) == 0 {
            guard !deadline.isPassed else { throw .silent }
            // An encrypted line may hold back what libpq has read already.
            if isEncrypted { return }
        }
        guard bytesReceived <= Self.answerLimit else { throw .endless }
    }

    /// What the server asks for is looked at whole before libpq sees any of it.
    private func judgeLogin(by deadline: Deadline) throws(DatabaseFailure) {
        setLowWater(ServerOpening.requestLength)
        defer { setLowWater(1) }
        try awaitServer(for: PGRES_POLLING_READING, until: deadline)
        let opening = opening
        if opening.isForeign { throw .foreign }
        if opening.isCutShort { throw .hungUp }
        if opening.asksForMoreThanAProof { throw .unsafeMethod }
    }

    /// How many bytes it takes to end a wait. Should it fail, a request looks cut short, and nothing is sent.
    private func setLowWater(_ count: Int32) {
        var count = count
        _ = setsockopt(PQsocket(pointer), SOL_SOCKET, SO_RCVLOWAT, &count, socklen_t(MemoryLayout<Int32>.size))
    }
}

/// What a server has said since it was last listened to, while the login is not over.
struct ServerOpening {
    /// The type of a message, its length, and what kind of login the server asks for.
    static let requestLength: Int32 = 9

    private let bytes: [UInt8]
    private let isNegotiatingTLS: Bool

    init(_ bytes: [UInt8], isNegotiatingTLS: Bool) {
        self.bytes = bytes
        self.isNegotiatingTLS = isNegotiatingTLS
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// Whether no PostgreSQL server begins so. One that hangs up is not foreign; libpq is to say so.
    var isForeign: Bool {
        guard let first = bytes.first else { return false }
        let kind = Character(UnicodeScalar(first))
        if isNegotiatingTLS, "SN".contains(kind) { return bytes.count > 1 }
        guard "REv".contains(kind) else { return true }
        return bytes.dropFirst().prefix(2).contains { $0 != 0 }
    }

    /// A request of which the rest will not come.
    var isCutShort: Bool { bytes.first == UInt8(ascii: "R") && bytes.count < Int(Self.requestLength) }

    /// Whether the server wants anything else than a proof that we know the password: the password itself, or another
    /// service's word. Only one request at a time, or libpq would answer one that nobody has looked at.
    var asksForMoreThanAProof: Bool {
        var rest = bytes[...]
        while rest.first == UInt8(ascii: "R") {
            guard rest.count >= Int(Self.requestLength) else { return true }
            let head = Array(rest.prefix(Int(Self.requestLength)))
            switch head.number(at: 5) {
            case 0: return false
            case 12: rest = rest.dropFirst(1 + head.number(at: 1))
            case 5, 10, 11: return rest.count > 1 + head.number(at: 1)
            default: return true
            }
        }
        return false
    }
}

extension [UInt8] {
    /// Four bytes, the highest first.
    fileprivate func number(at index: Int) -> Int { self[index..<index + 4].reduce(0) { $0 << 8 | Int($1) } }
}
