import Domain
import Foundation

/// The body of a partner, new or edited, read field by field.
///
/// Keys that only answers have, and unknown ones, are ignored, so that what GET shows can be sent back.
struct PartnerBody {
    /// The fields that were sent and are right.
    let patch: PartnerPatch
    /// What is wrong with the others; the engine judges the whole and names all faults together.
    let faults: [FieldFault]

    /// Reads a body that makes a partner, or edits one whose database is of `storedKind`.
    init(_ fields: [String: JSONValue], storedKind: DatabaseKind? = nil) {
        var reader = FieldReader(fields)
        patch = reader.partner(storedKind: storedKind)
        faults = reader.faults
    }

    /// The partner on whose stored values and secrets a test before saving rests.
    static func basis(_ fields: [String: JSONValue]) throws -> PartnerID? {
        var reader = FieldReader(fields)
        let id = reader.isNull("id") ? nil : reader.text("id")
        guard reader.faults.isEmpty else { throw Rejection.fields(reader.faults + PartnerBody(fields).faults) }
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
