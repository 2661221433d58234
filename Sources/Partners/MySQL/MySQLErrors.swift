import CMariaDB
import Domain
import Glibc

extension DatabaseFailure.Cause {
    /// What the number of a server's or the client's error means to us.
    static func mysql(code: Int, midAnswer: Bool) -> Self {
        switch code {
        case 2006, 2013, 2026, 2055,  // the client lost it
            1053, 1077, 1152, 1927, 4031:  // the server hung up
            .lost(midAnswer: midAnswer)
        case 1051, 1054, 1109, 1146: .missingObject
        case 1044, 1142, 1143, 1227, 1290, 1370, 1792, 1836: .denied
        case 1969, 3024: .serverTimeLimit
        default: .other
        }
    }
}

extension MySQLHandle {
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
        [1044, 1045, 1129, 1130, 1251, 1524, 1698, 1820, 1862, 2059, 2061, 3118, 4151, 5010].contains(code)
    }

    /// The error's number; where TLS is asked for, the client tells that of an error before it in its text only:
    /// `Received error packet before completion of TLS handshake. […] cannot be verified: 1040 - Too many connections`.
    private var code: Int {
        guard failure.code == CR_CONNECTION_ERROR,
            let text = failure.detail.split(separator: "cannot be verified: ", maxSplits: 1).dropFirst().first
        else { return failure.code }
        return Int(text.prefix(while: \.isNumber)) ?? failure.code
    }

    fileprivate func reason(_ login: DatabaseLogin) -> String {
        if isForeign { return "Not a MySQL or MariaDB server" }
        if offersNoTLS { return "The server does not offer TLS" }
        return switch code {
        case 1044: "Access denied for user '\(login.username)' to database '\(login.database)'"
        case 1045, 1698: "Access denied for user '\(login.username)'"
        case 1049: "Unknown database '\(login.database)'"
        case 1040, 1203, 1226: "Too many connections"
        case 1129: "The server has blocked this host after too many failed connections"
        case 1130: "This host is not allowed to connect to the server"
        case 1820, 1862: "The password of user '\(login.username)' has expired"
        case 3118, 4151: "The account of user '\(login.username)' is locked"
        case 1251, 1524, 2059, 2061, 5010: "The server asks for a login method that is not supported"
        case 1053, 2006, 2012, 2013, 2055: "The server closed the connection"
        case 2002, 2003: connecting
        case 2007, 2020, 2027: "Not a MySQL or MariaDB server"
        case 2026: tls(login)
        case 0: "The client could not be set up"
        default: "The server answered with error \(code)"
        }
    }

    /// The client tells the system's number only in its text: `Can't connect to server on 'db' (111)`.
    private var connecting: String {
        switch failure.detail.split(separator: "(").last?.prefix(while: \.isNumber).description ?? "" {
        case String(ECONNREFUSED): "Connection refused"
        case String(EHOSTUNREACH), String(ENETUNREACH): "No route to host"
        case String(ECONNRESET): "The server closed the connection"
        default: "Could not connect"
        }
    }

    /// These texts are the client's own, about the certificate.
    private func tls(_ login: DatabaseLogin) -> String {
        if failure.detail.contains("Validation of SSL server certificate failed") {
            return "The server's certificate is not valid for '\(login.serverName)'"
        }
        if login.tlsMode == .verifyFull, failure.detail.contains("certificate") {
            return "The server's certificate is not trusted"
        }
        return "The TLS handshake failed"
    }
}
