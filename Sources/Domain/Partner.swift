package import Foundation

/// The opaque name of a partner in the API: a UUID in lower case.
package struct PartnerID: Hashable, Sendable, CustomStringConvertible, Comparable {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// A new, random id.
    package static func random() -> PartnerID {
        PartnerID(UUID().uuidString.lowercased())
    }

    package var description: String { rawValue }
    package static func < (left: PartnerID, right: PartnerID) -> Bool { left.rawValue < right.rawValue }
}

/// A partner as the operators configured it, without its secrets.
package struct Partner: Sendable, Equatable, Identifiable {
    package let id: PartnerID
    package var configuration: PartnerConfiguration
    /// Grows with every stored change of the connection data or tenant; warm connections of an older revision are dropped.
    package var revision: Int64
    package var createdAt: Date
    package var updatedAt: Date

    package init(
        id: PartnerID, configuration: PartnerConfiguration, revision: Int64, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.configuration = configuration
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// All that an operator sets of a partner, but the secrets.
package struct PartnerConfiguration: Sendable, Equatable {
    package var name: String
    /// 0: not limited to a tenant.
    package var tenantID: Int64
    package var database: DatabaseEndpoint
    package var ssh: SSHEndpoint
    /// 1...1000 concurrent calls.
    package var concurrencyLimit: Int
    package var pauseNonPriorityCampaigns: Bool
    package var isActive: Bool

    package init(
        name: String, tenantID: Int64 = 0, database: DatabaseEndpoint, ssh: SSHEndpoint = SSHEndpoint(),
        concurrencyLimit: Int = 10, pauseNonPriorityCampaigns: Bool = false, isActive: Bool = true
    ) {
        self.name = name
        self.tenantID = tenantID
        self.database = database
        self.ssh = ssh
        self.concurrencyLimit = concurrencyLimit
        self.pauseNonPriorityCampaigns = pauseNonPriorityCampaigns
        self.isActive = isActive
    }
}

/// The kinds of partner database; the raw value is `dbType` in the API.
package enum DatabaseKind: String, Sendable, CaseIterable {
    /// Also MariaDB.
    case mysql
    case postgresql
    case sqlite

    /// The port when none is given; 0 for a file.
    package var defaultPort: Int {
        switch self {
        case .mysql: 3306
        case .postgresql: 5432
        case .sqlite: 0
        }
    }
}

/// How the connection to the database is encrypted; the raw value is `dbTlsMode` in the API.
package enum TLSMode: String, Sendable, CaseIterable {
    case disabled
    /// Encrypted if the server can; inside an SSH tunnel, not.
    case preferred
    /// Encrypted or refused; the certificate is not judged.
    case required
    /// Encrypted, and the certificate is valid for the database's own host name.
    case verifyFull = "verify-full"
}

/// Where a partner's database is, seen from the far end of the tunnel if there is one.
package struct DatabaseEndpoint: Sendable, Equatable {
    package var kind: DatabaseKind
    /// Empty for `sqlite`.
    package var host: String
    /// 0 for `sqlite`.
    package var port: Int
    /// For `sqlite` a file name inside `<data dir>/partners/`, without separators.
    package var name: String
    package var username: String
    package var tlsMode: TLSMode
    /// PEM; the authorities that `verify-full` trusts instead of the system's.
    package var tlsCA: String?

    package init(
        kind: DatabaseKind, host: String, port: Int, name: String, username: String,
        tlsMode: TLSMode = .preferred, tlsCA: String? = nil
    ) {
        self.kind = kind
        self.host = host
        self.port = port
        self.name = name
        self.username = username
        self.tlsMode = tlsMode
        self.tlsCA = tlsCA
    }
}

/// The bastion in front of a partner's database. The other fields are kept while it is switched off.
package struct SSHEndpoint: Sendable, Equatable {
    package var isEnabled: Bool
    package var host: String
    package var port: Int
    package var username: String
    /// The key that the bastion must show; `nil`: the first one that a successful login saw is pinned.
    package var hostKey: HostKeyPin?
    /// Which credential is stored; `nil`: none.
    package var authMethod: SSHAuthMethod?

    package init(
        isEnabled: Bool = false, host: String = "", port: Int = 22, username: String = "",
        hostKey: HostKeyPin? = nil, authMethod: SSHAuthMethod? = nil
    ) {
        self.isEnabled = isEnabled
        self.host = host
        self.port = port
        self.username = username
        self.hostKey = hostKey
        self.authMethod = authMethod
    }
}

/// The raw value is `authMethod` in the API.
package enum SSHAuthMethod: String, Sendable {
    case password
    case privateKey
}

/// What is known of a server's host key: its fingerprint and, where known, its type.
package struct HostKeyPin: Sendable, Hashable, CustomStringConvertible {
    /// OpenSSH's name, such as `ssh-ed25519`; `nil` if the operator gave the fingerprint alone.
    package let keyType: String?
    /// `SHA256:` and 43 characters of unpadded Base64, as `ssh-keygen -l` prints it.
    package let fingerprint: String

    package init(keyType: String?, fingerprint: String) {
        self.keyType = keyType
        self.fingerprint = fingerprint
    }

    /// Reads `SHA256:…` or `<type> SHA256:…`; `nil` if it is neither.
    package init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard let fingerprint = words.last, (1...2).contains(words.count), fingerprint.hasPrefix("SHA256:") else {
            return nil
        }
        let digest = fingerprint.dropFirst("SHA256:".count)
        guard digest.count == 43, Data(base64Encoded: digest + "=")?.count == 32 else { return nil }
        guard words.count == 1 || words[0].utf8.allSatisfy(Self.isOfKeyType) else { return nil }
        self.init(keyType: words.count == 2 ? words[0] : nil, fingerprint: fingerprint)
    }

    /// No comma, which would make two types of one.
    private static func isOfKeyType(_ byte: UInt8) -> Bool {
        let scalar = Unicode.Scalar(byte)
        return scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-.@".unicodeScalars.contains(scalar))
    }

    package var description: String {
        keyType.map { "\($0) \(fingerprint)" } ?? fingerprint
    }
}

/// A partner's credentials in the clear; lives only as long as a visit or an edit.
package struct PartnerSecrets: Sendable, Equatable {
    package var databasePassword: Secret?
    package var ssh: SSHCredential?

    package init(databasePassword: Secret? = nil, ssh: SSHCredential? = nil) {
        self.databasePassword = databasePassword
        self.ssh = ssh
    }
}

/// One way to log in to a bastion.
package enum SSHCredential: Sendable, Equatable {
    case password(Secret)
    /// PEM or OpenSSH text, with its passphrase if it is encrypted.
    case privateKey(Secret, passphrase: Secret?)

    package var method: SSHAuthMethod {
        switch self {
        case .password: .password
        case .privateKey: .privateKey
        }
    }

    /// `nil` for a password.
    package var key: Secret? {
        if case .privateKey(let key, _) = self { key } else { nil }
    }

    /// The key's passphrase, if there is one.
    package var passphrase: Secret? {
        if case .privateKey(_, let passphrase) = self { passphrase } else { nil }
    }
}

/// Everything it takes to reach a partner.
package struct PartnerAccess: Sendable, Equatable {
    package var partner: Partner
    package var secrets: PartnerSecrets

    package init(partner: Partner, secrets: PartnerSecrets) {
        self.partner = partner
        self.secrets = secrets
    }
}
