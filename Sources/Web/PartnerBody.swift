import Domain
import Foundation

/// The body of a partner, new or edited: from JSON to a `PartnerPatch`, with all faults at once.
///
/// Keys that only answers have, and unknown ones, are ignored, so that what GET shows can be sent back.
enum PartnerBody {
    /// A body that makes a partner. What is missing counts as a fault like any other.
    static func new(_ fields: [String: JSONValue]) throws -> PartnerPatch {
        var reader = FieldReader(fields)
        let patch = reader.partner(storedKind: nil)
        var faults = reader.faults
        do {
            _ = try PartnerDraft.new(patch)
        } catch .fields(let missing) {
            // What is faulty is not in the patch, and not missing either.
            faults += missing.filter { gap in !faults.contains { $0.field == gap.field } }
        } catch .rule {
            // Judged again, by the engine, once every field is right.
        }
        guard faults.isEmpty else { throw Rejection.fields(faults) }
        return patch
    }

    /// A body that edits a partner whose database is of `storedKind`.
    static func edit(_ fields: [String: JSONValue], storedKind: DatabaseKind) throws -> PartnerPatch {
        var reader = FieldReader(fields)
        let patch = reader.partner(storedKind: storedKind)
        try reader.finish()
        return patch
    }

    /// The partner on whose stored values and secrets a test before saving rests.
    static func basis(_ fields: [String: JSONValue]) throws -> PartnerID? {
        var reader = FieldReader(fields)
        let id = reader.isNull("id") ? nil : reader.text("id")
        try reader.finish()
        return id.map { PartnerID($0) }
    }
}

extension FieldReader {
    fileprivate mutating func partner(storedKind: DatabaseKind?) -> PartnerPatch {
        var patch = PartnerPatch()
        patch.name = text("partnerName", FieldRules.partnerName)
        patch.tenantID = integer("tenantId", in: 0...Int64.max)
        database(&patch, storedKind: storedKind)
        patch.concurrencyLimit = integer("concurrencyLimit", in: FieldRules.concurrencyLimits)
        patch.pauseNonPriorityCampaigns = flag("pauseNonPriorityCampaigns")
        patch.isActive = flag("isActive")
        patch.ssh = object("sshConfig") { $0.ssh() }
        return patch
    }

    private mutating func database(_ patch: inout PartnerPatch, storedKind: DatabaseKind?) {
        patch.databaseKind = choice("dbType", of: DatabaseKind.self)
        // A file has no host, port or user: GET shows "" and 0, which may come back.
        let mayBeBlank = (patch.databaseKind ?? storedKind) == .sqlite
        patch.databaseHost = text("dbHost", skippingBlank: mayBeBlank, FieldRules.hostName)
        patch.databasePort = port("dbPort", skippingBlank: mayBeBlank)
        patch.databaseUsername = text("dbUsername", skippingBlank: mayBeBlank, FieldRules.serverSideName)
        patch.databaseName = text("dbName", FieldRules.serverSideName)
        patch.databasePassword = secret("dbPassword")
        patch.tlsMode = choice("dbTlsMode", of: TLSMode.self)
        patch.tlsCA = isBlank("dbTlsCa") ? .some(nil) : text("dbTlsCa", certificateFault).map { .some($0) }
    }

    private mutating func ssh() -> SSHPatch {
        var patch = SSHPatch()
        patch.isEnabled = flag("enabled")
        // Forms send the empty fields of what is switched off.
        let mayBeBlank = patch.isEnabled == false
        patch.host = text("host", skippingBlank: mayBeBlank, FieldRules.hostName)
        patch.port = port("port", skippingBlank: mayBeBlank)
        patch.username = text("username", skippingBlank: mayBeBlank, FieldRules.serverSideName)
        patch.password = secret("password")
        patch.privateKey = secret("privateKey")
        patch.passphrase = secret("passphrase")
        patch.hostKey = hostKey(skippingBlank: mayBeBlank)
        return patch
    }

    /// `null` clears the pin.
    private mutating func hostKey(skippingBlank: Bool) -> HostKeyPin?? {
        if skippingBlank, isBlank("hostKeyFingerprint") { return nil }
        if isNull("hostKeyFingerprint") { return .some(nil) }
        let text = text("hostKeyFingerprint", FieldRules.hostKeyFingerprint)
        return text.flatMap { HostKeyPin($0) }.map { .some($0) }
    }

    private mutating func port(_ key: String, skippingBlank: Bool) -> Int? {
        skippingBlank && (isBlank(key) || isZero(key)) ? nil : integer(key, in: FieldRules.ports)
    }

    private mutating func text(_ key: String, skippingBlank: Bool, _ rule: (String) -> String?) -> String? {
        skippingBlank && isBlank(key) ? nil : text(key, rule)
    }
}

private func certificateFault(_ text: String) -> String? {
    text.contains("-----BEGIN CERTIFICATE-----") ? nil : "must be one or more certificates in PEM"
}
