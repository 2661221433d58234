import CPostgreSQL
import Domain
import Glibc

/// Everything that libpq is told of a connection, so that nothing else can have a say in it.
struct PostgreSQLParameters {
    /// Under a file that is no directory, so that it never exists: no password, key or certificate is taken from the
    /// home directory.
    private static let noFile = "/dev/null/none"

    /// Where systems keep the authorities that they trust, in one file.
    private static let systemAuthorities = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// Above any limit that can be set; reads of live numbers bring their own.
    private static let readingLimit = Duration.seconds(330)

    /// The connection's name at the server, which no other has.
    let tag = String.sessionTag()
    private let values: [(keyword: String, value: String)]

    /// `authorities` is a file in PEM.
    init(_ login: DatabaseLogin, for purpose: Purpose, authorities: String?, deadline: Deadline) {
        let limit = max(1, (purpose == .reading ? Self.readingLimit : deadline.remaining).roundedUpMilliseconds)
        var options = [
            "statement_timeout=\(limit)", "default_transaction_read_only=\(purpose == .reading ? "on" : "off")",
            "TimeZone=UTC", "standard_conforming_strings=on",
        ]
        // Servers may take hours to notice that the network lost a writer, which must not hold its lock for so long.
        if purpose == .writing { options.append("idle_in_transaction_session_timeout=\(limit)") }
        values = [
            ("host", login.serverName), ("hostaddr", login.address.host), ("port", String(login.address.port)),
            ("dbname", login.database), ("user", login.username), ("password", login.password.clearText),
            ("passfile", Self.noFile), ("client_encoding", "UTF8"), ("application_name", tag),
            ("options", options.map { "-c \($0)" }.joined(separator: " ")), ("gssencmode", "disable"),
            ("sslmode", login.tlsMode.libpqName), ("sslcert", Self.noFile), ("sslkey", Self.noFile),
            ("sslcrl", Self.noFile),
            ("sslrootcert", login.tlsMode == .verifyFull ? authorities ?? Self.trusted : Self.noFile),
        ]
    }

    /// The system's authorities, by libpq's own word for them if it has one.
    private static var trusted: String {
        PQlibVersion() >= 160_000 ? "system" : systemAuthorities.first { access($0, R_OK) == 0 } ?? noFile
    }

    /// The keywords and values as libpq wants them.
    func withCStrings<Value>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Value
    ) -> Value {
        let keywords = values.map { strdup($0.keyword) }
        let texts = values.map { strdup($0.value) }
        defer { (keywords + texts).forEach { free($0) } }
        return body(keywords.map { UnsafePointer($0) } + [nil], texts.map { UnsafePointer($0) } + [nil])
    }
}

extension TLSMode {
    fileprivate var libpqName: String {
        switch self {
        case .disabled: "disable"
        case .preferred: "prefer"
        case .required: "require"
        case .verifyFull: "verify-full"
        }
    }
}
