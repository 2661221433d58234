import Domain
import Foundation

/// Opens the way to a partner's database, whatever lies between.
struct ConnectionOpener: Sendable {
    let reactor: TunnelReactor
    let pool: BlockingPool
    let partnersDirectory: URL

    /// Everything up to the login. Tells `stages` what it is at; leaves nothing open when it throws. Errors after a
    /// login at the bastion carry its key.
    func open(
        _ access: PartnerAccess, keys: KeyRing, deadline: Deadline, stages: StageLog
    ) async throws(VisitError) -> PartnerConnection {
        let configuration = access.partner.configuration
        switch configuration.database.kind {
        case .sqlite:
            stages.begin(.dbConnect)
            let name = configuration.database.name
            return PartnerConnection(
                session: try await SQLiteSession.open(name, in: partnersDirectory, pool: pool, deadline: deadline))
        case .mysql, .postgresql:
            guard !configuration.isTunnelled else {
                return try await openThroughTunnel(access, keys: keys, deadline: deadline, stages: stages)
            }
            return PartnerConnection(session: try await openDirectly(access, deadline: deadline, stages: stages))
        }
    }

    private func openThroughTunnel(
        _ access: PartnerAccess, keys: KeyRing, deadline: Deadline, stages: StageLog
    ) async throws(VisitError) -> PartnerConnection {
        let tunnel = try await reactor.open(
            try await keys.login(access, deadline: deadline), deadline: deadline, progress: { stages.begin($0) })
        do {
            return try await open(access, through: tunnel, deadline: deadline, stages: stages)
        } catch {
            tunnel.close()
            throw error
        }
    }

    /// One more connection through a tunnel that stands, which it leaves open when it throws. As a guest it also does
    /// when it closes.
    func open(
        _ access: PartnerAccess, through tunnel: Tunnel, asGuest isGuest: Bool = false, deadline: Deadline,
        stages: StageLog
    ) async throws(VisitError) -> PartnerConnection {
        stages.begin(.tunnel)
        let database = access.partner.configuration.database
        do throws(VisitError) {
            let port = try await tunnel.forward(toHost: database.host, port: database.port, deadline: deadline)
            do throws(VisitError) {
                let session = try await login(
                    DatabaseLogin(access, address: .near(port), isTunnelled: true), of: database.kind,
                    deadline: deadline, stages: stages
                ) { deadline throws(VisitError) in
                    .near(try await tunnel.forward(toHost: database.host, port: database.port, deadline: deadline))
                }
                return PartnerConnection(session: session, tunnel: tunnel, port: port, isGuest: isGuest)
            } catch {
                port.close()
                throw error
            }
        } catch {
            throw error.with(hostKey: tunnel.hostKey)
        }
    }

    private func openDirectly(
        _ access: PartnerAccess, deadline: Deadline, stages: StageLog
    ) async throws(VisitError) -> any PartnerSession {
        let database = access.partner.configuration.database
        stages.begin(.resolve)
        var addresses = try await Dialer.resolve(
            host: database.host, port: database.port, peer: .database, deadline: deadline)[...]
        // An address that stays silent must leave time for the ones after it.
        while addresses.count > 1, let address = addresses.popFirst() {
            let share = Deadline(within: deadline.remaining / (addresses.count + 1))
            do {
                return try await login(
                    DatabaseLogin(access, address: address, isTunnelled: false), of: database.kind,
                    deadline: deadline, greetingBy: share, stages: stages, again: { _ in address })
            } catch {
                guard error.stage == .dbConnect, !Task.isCancelled else { throw error }
            }
        }
        guard let last = addresses.first else {
            throw VisitError(
                kind: .database, stage: .resolve, message: "Database connection failed: Host name not found")
        }
        return try await login(
            DatabaseLogin(access, address: last, isTunnelled: false), of: database.kind, deadline: deadline,
            stages: stages, again: { _ in last })
    }

    /// `again` gives the address for one more connection.
    private func login(
        _ login: DatabaseLogin, of kind: DatabaseKind, deadline: Deadline, greetingBy: Deadline? = nil,
        stages: StageLog, again: @escaping @Sendable (Deadline) async throws(VisitError) -> SocketAddress
    ) async throws(VisitError) -> any PartnerSession {
        stages.begin(.dbConnect)
        guard kind == .postgresql else {
            return try await MySQLSession.open(login, pool: pool, deadline: deadline, greetingBy: greetingBy) {
                stages.begin(.dbAuth)
            }
        }
        let reader = try await PostgreSQLSession.Connection.open(
            login, pool: pool, deadline: deadline, greetingBy: greetingBy, onGreeting: { stages.begin(.dbAuth) })
        return PostgreSQLSession(reader: reader) { [pool] deadline throws(VisitError) in
            try await .open(
                login.at(try await again(deadline)), for: .writing, pool: pool, deadline: deadline, onGreeting: {})
        }
    }
}

extension SocketAddress {
    fileprivate static func near(_ port: ForwardedPort) -> SocketAddress {
        SocketAddress(host: "127.0.0.1", port: port.port)
    }
}
