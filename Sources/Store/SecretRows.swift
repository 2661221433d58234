import Domain
import Foundation

extension PartnerSecrets {
    /// Each secret under the name of its field.
    fileprivate var byField: [SecretField: Secret] {
        var fields: [SecretField: Secret] = [:]
        fields[.databasePassword] = databasePassword
        switch ssh {
        case .password(let password):
            fields[.sshPassword] = password
        case .privateKey(let key, let passphrase):
            fields[.privateKey] = key
            fields[.passphrase] = passphrase
        case nil:
            break
        }
        return fields
    }

    fileprivate init(byField fields: [SecretField: Secret]) {
        self.init(databasePassword: fields[.databasePassword])
        if let key = fields[.privateKey] {
            ssh = .privateKey(key, passphrase: fields[.passphrase])
        } else if let password = fields[.sshPassword] {
            ssh = .password(password)
        }
    }
}

extension SQLSession {
    /// A partner's secrets in the clear. Throws `damagedSecret`.
    func secrets(of row: PartnerRow, vault: SecretVault) throws(StoreError) -> PartnerSecrets {
        var fields: [SecretField: Secret] = [:]
        for sealed in try rows("SELECT field, sealed FROM secrets WHERE partner = ?", row.key) {
            let field: SecretField = try sealed.get("field")
            fields[field] = try vault.open(try sealed.get("sealed"), of: row.partner.id, field)
        }
        return PartnerSecrets(byField: fields)
    }

    /// A partner's secrets as an edit finds them: what is damaged, in whole or in part, counts as absent.
    func readableSecrets(of row: PartnerRow, vault: SecretVault) throws(StoreError) -> PartnerSecrets {
        var fields: [SecretField: Secret] = [:]
        var damaged: Set<SecretField> = []
        for sealed in try rows("SELECT field, sealed FROM secrets WHERE partner = ?", row.key) {
            let field: SecretField = try sealed.get("field")
            do {
                fields[field] = try vault.open(try sealed.get("sealed"), of: row.partner.id, field)
            } catch .damagedSecret {
                damaged.insert(field)
            }
        }
        if !damaged.isDisjoint(with: SecretField.ssh) {
            for field in SecretField.ssh { fields[field] = nil }
        }
        return PartnerSecrets(byField: fields)
    }

    /// Stores what differs from `old`, sealed, in place of all that was there, damaged or not.
    func store(
        _ secrets: PartnerSecrets, replacing old: PartnerSecrets, of id: PartnerID, key: Int64, vault: SecretVault
    ) throws(StoreError) {
        let new = secrets.byField
        var changed: [SecretField] = []
        if secrets.databasePassword != old.databasePassword { changed.append(.databasePassword) }
        if secrets.ssh != old.ssh { changed += SecretField.ssh }
        for field in changed {
            try execute("DELETE FROM secrets WHERE partner = ? AND field = ?", key, field)
            guard let secret = new[field] else { continue }
            try execute(
                "INSERT INTO secrets (partner, field, sealed) VALUES (?, ?, ?)", key, field,
                try vault.seal(secret, of: id, field))
        }
    }
}
