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
        case .postgresql:
            throw .unsupported
        case .sqlite:
            stages.begin(.dbConnect)
            let name = configuration.database.name
            return PartnerConnection(
                session: try await SQLiteSession.open(name, in: partnersDirectory, pool: pool, deadline: deadline))
        case .mysql where configuration.ssh.isEnabled:
            return try await openThroughTunnel(access, keys: keys, deadline: deadline, stages: stages)
        case .mysql:
            return PartnerConnection(session: try await openDirectly(access, deadline: deadline, stages: stages))
        }
    }

    private func openThroughTunnel(
        _ access: PartnerAccess, keys: KeyRing, deadline: Deadline, stages: StageLog
    ) async throws(VisitError) -> PartnerConnection {
        let tunnel = try await reactor.open(
            try await keys.login(access, deadline: deadline), deadline: deadline, progress: { stages.begin($0) })
        do {
            stages.begin(.tunnel)
            let database = access.partner.configuration.database
            let port = try await tunnel.forward(toHost: database.host, port: database.port, deadline: deadline)
            let near = SocketAddress(host: "127.0.0.1", port: port.port)
            let session = try await login(
                MySQLLogin(access, address: near, isTunnelled: true), deadline: deadline, stages: stages)
            return PartnerConnection(session: session, tunnel: tunnel, port: port)
        } catch {
            tunnel.close()
            throw error.with(hostKey: tunnel.hostKey)
        }
    }

    private func openDirectly(
        _ access: PartnerAccess, deadline: Deadline, stages: StageLog
    ) async throws(VisitError) -> MySQLSession {
        let database = access.partner.configuration.database
        stages.begin(.resolve)
        var addresses = try await Dialer.resolve(
            host: database.host, port: database.port, peer: .database, deadline: deadline)[...]
        // An address that stays silent must leave time for the ones after it.
        while addresses.count > 1, let address = addresses.popFirst() {
            let share = Deadline(within: deadline.remaining / (addresses.count + 1))
            do {
                return try await login(
                    MySQLLogin(access, address: address, isTunnelled: false), deadline: deadline, greetingBy: share,
                    stages: stages)
            } catch {
                guard error.stage == .dbConnect, !Task.isCancelled else { throw error }
            }
        }
        guard let last = addresses.first else {
            throw VisitError(
                kind: .database, stage: .resolve, message: "Database connection failed: Host name not found")
        }
        return try await login(
            MySQLLogin(access, address: last, isTunnelled: false), deadline: deadline, stages: stages)
    }

    private func login(
        _ login: MySQLLogin, deadline: Deadline, greetingBy: Deadline? = nil, stages: StageLog
    ) async throws(VisitError) -> MySQLSession {
        stages.begin(.dbConnect)
        return try await MySQLSession.open(login, pool: pool, deadline: deadline, greetingBy: greetingBy) {
            stages.begin(.dbAuth)
        }
    }
}
