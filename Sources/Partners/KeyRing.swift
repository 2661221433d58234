import Domain
import Synchronization

/// Private keys already parsed: deriving one from its passphrase alone takes 150 ms.
final class KeyRing: Sendable {
    private struct Entry {
        let revision: Int64
        let key: PrivateKey
    }

    private let entries = Mutex<[PartnerID: Entry]>([:])

    /// The login at a partner's bastion. Throws at stage `sshAuth` if there is no usable credential by the deadline.
    func login(_ access: PartnerAccess, deadline: Deadline) async throws(VisitError) -> SSHLogin {
        let ssh = access.partner.configuration.ssh
        return SSHLogin(
            host: ssh.host, port: ssh.port, username: ssh.username, credential: try await credential(access, deadline),
            hostKey: ssh.hostKey, secrets: access.secrets.all)
    }

    func forget(_ id: PartnerID) {
        entries.withLock { _ = $0.removeValue(forKey: id) }
    }

    private func credential(_ access: PartnerAccess, _ deadline: Deadline) async throws(VisitError)
        -> SSHLogin.Credential
    {
        switch access.secrets.ssh {
        case nil: throw Self.fault("No authentication method")
        case .password(let password): return .password(password)
        case .privateKey(let text, let passphrase):
            return .privateKey(try await key(text, passphrase: passphrase, of: access.partner, deadline))
        }
    }

    private func key(
        _ text: Secret, passphrase: Secret?, of partner: Partner, _ deadline: Deadline
    ) async throws(VisitError) -> PrivateKey {
        if let entry = entries.withLock({ $0[partner.id] }), entry.revision == partner.revision { return entry.key }
        switch try await PrivateKey.parse(text, passphrase: passphrase, deadline: deadline) {
        case .success(let key):
            entries.withLock { $0[partner.id] = Entry(revision: partner.revision, key: key) }
            return key
        case .failure(let fault):
            throw Self.fault("The private key cannot be read: \(fault.field) \(fault.message)")
        }
    }

    private static func fault(_ reason: String) -> VisitError {
        VisitError(kind: .sshLogin, stage: .sshAuth, message: "SSH connection failed: \(reason)")
    }
}

extension PartnerSecrets {
    /// Each that a server or a man in the middle might learn.
    fileprivate var all: [Secret] {
        let sshSecret: Secret? =
            switch ssh {
            case .password(let password): password
            case .privateKey(_, let passphrase): passphrase
            case nil: nil
            }
        return [databasePassword, sshSecret].compactMap(\.self)
    }
}
