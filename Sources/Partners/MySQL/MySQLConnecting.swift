import CMariaDB
import Domain
import Glibc

extension MySQLHandle {
    /// Methods that never hand the password to the server in the clear over an open line.
    private static let allowedMethods =
        "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519,parsec,\(TLSServerName.pluginName)"

    /// A second belt; the first is our own deadline. Seconds, above any limit that can be set.
    private static let readTimeout: UInt32 = 330

    /// While connecting the client runs on a stack of its own, on which OpenSSL and login plugins are at work.
    private static let stackSize = UInt(256 << 10)

    static func connected(
        _ login: DatabaseLogin, for purpose: Purpose, cut: SocketCut, deadline: Deadline, greetingBy: Deadline,
        onGreeting: () -> Void
    ) throws(LoginFailure) -> MySQLHandle {
        let handle: MySQLHandle
        do { handle = try MySQLHandle(cut: cut) } catch {
            throw LoginFailure(stage: .dbConnect, failure: error)
        }
        try handle.connect(login, deadline: deadline, greetingBy: greetingBy, onGreeting: onGreeting)
        do {
            // MariaDB takes the zone with each statement, which costs no round trip.
            if !handle.isMariaDB { _ = try handle.rows("SET time_zone = '+00:00'") }
        } catch {
            throw LoginFailure(stage: .dbAuth, failure: error)
        }
        return handle
    }

    /// `required` is settled by the greeting of this very connection: with a fingerprint to compare, though it be the
    /// empty one that fits any certificate, the client sends nothing to a server that offers no TLS.
    private func connect(
        _ login: DatabaseLogin, deadline: Deadline, greetingBy: Deadline, onGreeting: () -> Void
    ) throws(LoginFailure) {
        var stage = ConnectionStage.dbConnect
        do throws(DatabaseFailure) {
            let authorities = try login.tlsMode == .verifyFull ? login.tlsCA.map(MemoryFile.init) : nil
            // The client is given the file's path only.
            defer { withExtendedLifetime(authorities) {} }
            let name = strdup(login.serverName)
            defer { free(name) }
            try configure(login, authorities: authorities, name: name, deadline: deadline)
            try establish(login, deadline: deadline, greetingBy: greetingBy) {
                stage = .dbAuth
                onGreeting()
            }
        } catch {
            throw LoginFailure(
                stage: stage, failure: error, isForeign: error == Self.foreign,
                offersNoTLS: stage == .dbAuth && login.tlsMode.isStrict && hasGreeted && !offersTLS)
        }
    }

    private func configure(
        _ login: DatabaseLogin, authorities: MemoryFile?, name: UnsafeMutablePointer<CChar>?, deadline: Deadline
    ) throws(DatabaseFailure) {
        try set(MYSQL_OPT_NONBLOCK, Self.stackSize)
        try set(MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_TCP.rawValue)
        try set(MYSQL_OPT_LOCAL_INFILE, UInt32(0))
        try set(MYSQL_OPT_CONNECT_TIMEOUT, UInt32(deadline.remaining.components.seconds + 1))
        try set(MYSQL_OPT_READ_TIMEOUT, Self.readTimeout)
        try set(MYSQL_OPT_WRITE_TIMEOUT, Self.readTimeout)
        try set(MYSQL_OPT_MAX_ALLOWED_PACKET, UInt(16 << 20))
        try set(MYSQL_SET_CHARSET_NAME, "utf8mb4")
        try set(MARIADB_OPT_RESTRICTED_AUTH, Self.allowedMethods)
        try set(MYSQL_OPT_SSL_ENFORCE, my_bool(login.tlsMode == .disabled ? 0 : 1))
        try set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, my_bool(login.tlsMode == .verifyFull ? 1 : 0))
        if login.tlsMode == .required { try set(MARIADB_OPT_TLS_PEER_FP, "") }
        if let authorities { try set(MYSQL_OPT_SSL_CA, authorities.path) }
        if login.tlsMode == .verifyFull, let name, !TLSServerName.install(name, in: pointer) {
            throw DatabaseFailure(cause: .other, code: 0, detail: "the client took no plugin")
        }
    }

    private func set(_ option: mysql_option, _ value: some BitwiseCopyable) throws(DatabaseFailure) {
        let status = withUnsafePointer(to: value) { mysql_options(pointer, option, $0) }
        guard status == 0 else { throw failure() }
    }

    private func set(_ option: mysql_option, _ value: String) throws(DatabaseFailure) {
        guard mysql_options(pointer, option, value) == 0 else { throw failure() }
    }

    /// Step by step, so that the socket can be cut from the first packet on.
    private func establish(
        _ login: DatabaseLogin, deadline: Deadline, greetingBy: Deadline, onGreeting: () -> Void
    ) throws(DatabaseFailure) {
        let flags = UInt(CLIENT_FOUND_ROWS)
        var connected: UnsafeMutablePointer<MYSQL>?
        var greeting: Greeting?
        // The client copies none of these before it is done, so all of them live until then.
        login.withCStrings { host, user, password, database in
            var waits = mysql_real_connect_start(
                &connected, pointer, host, user, password, database, UInt32(login.address.port), nil, flags)
            while waits != 0 {
                let events = wait(for: waits, deadline: greeting == .fitting ? deadline : greetingBy)
                if greeting == nil, events.isConnected, pointer.pointee.server_version == nil {
                    greeting = self.greeting(by: greetingBy)
                    // Only the client itself can put away a half-made connection: it must see the end of it.
                    if greeting == .foreign { cut.cut() }
                    if greeting == .fitting { onGreeting() }
                }
                waits = mysql_real_connect_cont(&connected, pointer, events.status)
            }
        }
        guard greeting != .foreign else { throw Self.foreign }
        guard connected != nil else { throw self.failure() }
        guard !login.tlsMode.isStrict || isEncrypted else {
            throw DatabaseFailure(cause: .other, code: Int(CR_SSL_CONNECTION_ERROR), detail: "not encrypted")
        }
    }

    /// What came of waiting: the client's word for it, and whether the connection stands.
    private typealias Events = (status: Int32, isConnected: Bool)

    private func wait(for waits: Int32, deadline: Deadline) -> Events {
        let descriptor = mysql_get_socket(pointer)
        cut.adopt(descriptor)
        var events: Int32 = 0
        if waits & MYSQL_WAIT_READ != 0 { events |= POLLIN }
        if waits & MYSQL_WAIT_WRITE != 0 { events |= POLLOUT }
        guard let came = poll(descriptor, for: events, deadline: deadline) else {
            return (MYSQL_WAIT_TIMEOUT, false)
        }
        return (waits & (MYSQL_WAIT_READ | MYSQL_WAIT_WRITE), came & (POLLERR | POLLHUP) == 0)
    }

    private enum Greeting {
        case fitting
        case foreign
        /// The server hung up or stayed silent; the client is to say so.
        case none
    }

    /// Waits for the server, which speaks first: packet number 0, then protocol version 10 or an error.
    ///
    /// Looks without taking anything.
    private func greeting(by deadline: Deadline) -> Greeting {
        let descriptor = mysql_get_socket(pointer)
        guard let came = poll(descriptor, for: POLLIN, deadline: deadline), came & POLLERR == 0 else { return .none }
        let head = peek(descriptor, limit: 5)
        guard !head.isEmpty else { return .none }
        let fits = (head.count < 4 || head[3] == 0) && (head.count < 5 || head[4] == 10 || head[4] == 0xFF)
        return fits ? .fitting : .foreign
    }

    private static let foreign = DatabaseFailure(cause: .other, code: 0, detail: "no MySQL greeting")
}

extension DatabaseLogin {
    fileprivate func withCStrings<Value>(
        _ body: (
            _ host: UnsafePointer<CChar>, _ user: UnsafePointer<CChar>, _ password: UnsafePointer<CChar>,
            _ database: UnsafePointer<CChar>
        ) -> Value
    ) -> Value {
        address.host.withCString { host in
            username.withCString { user in
                password.clearText.withCString { password in
                    database.withCString { body(host, user, password, $0) }
                }
            }
        }
    }
}
