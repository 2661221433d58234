import Domain

/// The body of a change of the limit.
struct ConcurrencyBody {
    let limit: Int
    /// `nil` and empty are the same.
    let reason: String?

    /// Throws all faults at once.
    init(_ fields: [String: JSONValue]) throws {
        var reader = FieldReader(fields)
        reader.require("newLimit")
        let limit = reader.integer("newLimit", in: FieldRules.concurrencyLimits)
        reason = reader.isBlank("reason") ? nil : reader.text("reason", FieldRules.reason)
        try reader.finish()
        self.limit = limit ?? FieldRules.concurrencyLimits.lowerBound
    }
}

/// The body of a change of the pause.
struct PauseBody {
    let isEnabled: Bool

    init(_ fields: [String: JSONValue]) throws {
        var reader = FieldReader(fields)
        reader.require("enabled")
        let isEnabled = reader.flag("enabled")
        try reader.finish()
        self.isEnabled = isEnabled ?? false
    }
}
