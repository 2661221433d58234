import Domain

/// Everything it takes to log in to a bastion.
struct SSHLogin: Sendable {
    let host: String
    let port: Int
    let username: String
    let credential: Credential
    /// The key that the bastion must show; `nil` accepts any, and the tunnel tells which it was.
    let hostKey: HostKeyPin?
    /// What must not reach the log, though a server that learnt it says it.
    let secrets: [Secret]

    enum Credential: Sendable {
        /// Also answers a keyboard-interactive server that asks for one hidden line.
        case password(Secret)
        case privateKey(PrivateKey)
    }
}
