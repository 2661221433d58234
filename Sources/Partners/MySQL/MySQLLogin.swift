import Domain

/// Everything it takes to log in to a MySQL or MariaDB server.
struct MySQLLogin: Sendable {
    /// A numeric address, or the near end of a tunnel.
    let address: SocketAddress
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
}
