import Domain

/// The codes of the SQL standard and of PostgreSQL (appendix A of its manual) that mean something to us.
enum SQLState {
    static let wrongPassword = "28P01"

    static func cause(_ state: String) -> DatabaseFailure.Cause? {
        switch state {
        // A label of an enumeration (22P02) is looked up with the columns.
        case "42P01", "42703", "3F000", "22P02": .missingObject
        case "42501", "25006": .denied
        case "57014": .serverTimeLimit
        default: nil
        }
    }

    /// The server's last word before it hangs up (57P01 to 57P03), or a proxy's that its own connection broke (08…).
    static func isFarewell(_ state: String) -> Bool {
        state.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05"].contains(state)
    }
}

extension DatabaseFailure {
    /// `isLost`: libpq has given the connection up, or never had one.
    init(postgreSQL state: String?, text: String, isLost: Bool, midAnswer: Bool) {
        let isLost = isLost || state.map(SQLState.isFarewell) ?? false
        let cause = state.flatMap(SQLState.cause) ?? (isLost ? .lost(midAnswer: midAnswer) : .other)
        self.init(cause: cause, code: 0, detail: text, sqlState: state)
    }

    static let foreign = DatabaseFailure(cause: .other, code: 0, detail: "no answer of a PostgreSQL server")
    static let hungUp = DatabaseFailure(
        cause: .lost(midAnswer: true), code: 0, detail: "the server closed the connection in a request for a login")
    static let silent = DatabaseFailure(cause: .lost(midAnswer: false), code: 0, detail: "the server is silent")
    static let endless = DatabaseFailure(cause: .tooLarge, code: 0, detail: "the login has no end")
    static let notEncrypted = DatabaseFailure(cause: .other, code: 0, detail: "not encrypted")
    static let unsafeMethod = DatabaseFailure(
        cause: .other, code: 0, detail: "the server asks for more than a proof of the password over an open line")

    /// Some of it shows later than in the first bytes.
    var isForeign: Bool {
        self == .foreign || detail.contains("invalid response to SSL negotiation")
            || detail.contains("expected authentication request") || detail.contains("unencrypted data after SSL")
    }
}

extension String {
    /// Of the last error in a text of libpq's, such as `FATAL:  28P01: password authentication failed`.
    var sqlState: String? {
        matches(of: #/: {2}([0-9A-Z]{5}): /#).last.map { String($0.1) }
    }
}

extension PostgreSQLHandle {
    static func visitError(_ failure: LoginFailure, _ login: DatabaseLogin) -> VisitError {
        VisitError(
            kind: failure.isRefusal ? .databaseLogin : .database, stage: failure.stage,
            message: "Database connection failed: \(failure.reason(login))",
            detail: failure.failure.detail.withoutSecret(login.password).loggable)
    }
}

extension LoginFailure {
    /// Refusals that a server counts against whoever insists.
    fileprivate var isRefusal: Bool {
        failure == .unsafeMethod || ["28P01", "28000", "42501"].contains(failure.sqlState ?? "")
    }

    fileprivate func reason(_ login: DatabaseLogin) -> String {
        if isForeign { return "Not a PostgreSQL server" }
        if offersNoTLS { return "The server does not offer TLS" }
        if failure == .unsafeMethod { return "The server asks for a login method that is not supported" }
        guard let state = failure.sqlState else { return withoutWord(login) }
        return switch state {
        // The only words of a server's that no language changes.
        case "28000" where failure.detail.contains("pg_hba.conf"): "This host is not allowed to connect to the server"
        case "28P01", "28000": "Access denied for user '\(login.username)'"
        case "42501": "Access denied for user '\(login.username)' to database '\(login.database)'"
        case "3D000": "Unknown database '\(login.database)'"
        case "53300": "Too many connections"
        case "57P03": "The server is not ready for connections"
        case "57P01", "57P02": "The server closed the connection"
        default: "The server answered with error \(state)"
        }
    }

    /// Nothing from the server: these texts are libpq's own and the system's.
    private func withoutWord(_ login: DatabaseLogin) -> String {
        let texts = [
            ("Connection refused", "Connection refused"), ("No route to host", "No route to host"),
            ("Network is unreachable", "No route to host"),
            ("does not match host name", "The server's certificate is not valid for '\(login.serverName)'"),
            ("certificate verify failed", "The server's certificate is not trusted"),
            ("root certificate file", "The server's certificate is not trusted"),
            ("SSL error", "The TLS handshake failed"), ("SSL SYSCALL", "The TLS handshake failed"),
            ("closed the connection", "The server closed the connection"),
            ("Connection reset", "The server closed the connection"),
            ("authentication method", "The server asks for a login method that is not supported"),
        ]
        return texts.first { failure.detail.contains($0.0) }?.1 ?? "Could not connect"
    }
}
