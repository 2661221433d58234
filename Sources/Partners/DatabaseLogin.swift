import Domain

/// Everything it takes to log in to a database server.
struct DatabaseLogin: Sendable {
    /// A numeric address, or the near end of a tunnel.
    private(set) var address: SocketAddress
    /// The database's own name, for which its certificate must be valid.
    let serverName: String
    let database: String
    let username: String
    let password: Secret
    /// What is to be done here; inside a tunnel `preferred` has become `disabled`.
    let tlsMode: TLSMode
    /// PEM; `nil`: the system's authorities.
    let tlsCA: String?

    init(_ access: PartnerAccess, address: SocketAddress, isTunnelled: Bool) {
        let database = access.partner.configuration.database
        self.address = address
        serverName = database.host
        self.database = database.name
        username = database.username
        password = access.secrets.databasePassword ?? Secret("")
        tlsMode = isTunnelled && database.tlsMode == .preferred ? .disabled : database.tlsMode
        tlsCA = database.tlsCA
    }

    /// The same login by another address of the same server.
    func at(_ address: SocketAddress) -> DatabaseLogin {
        var login = self
        login.address = address
        return login
    }
}

extension TLSMode {
    /// Whether clear text is out of the question.
    var isStrict: Bool { self == .required || self == .verifyFull }
}

/// How a login failed, and how far it had come.
struct LoginFailure: Error {
    /// `dbConnect` up to the server's first word, then `dbAuth`.
    let stage: ConnectionStage
    let failure: DatabaseFailure
    /// What spoke there was no server of the kind.
    var isForeign = false
    /// TLS was asked for, and the server offered none.
    var offersNoTLS = false
}

extension String {
    /// A name for one session, found nowhere else.
    static func sessionTag() -> String { "jobtalk \(String(UInt64.random(in: .min ... .max), radix: 16))" }

    /// A server that was given a password could send it back.
    func withoutSecret(_ secret: Secret) -> String {
        secret.clearText.isEmpty ? self : replacing(secret.clearText, with: secret.description)
    }

    /// One short line: what a server sends may be of any length and hold anything.
    var loggable: String {
        String(prefix(300).map { $0.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 } ? $0 : " " })
    }
}
