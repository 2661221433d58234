package import Domain

/// Why the store could not do what it was asked.
package enum StoreError: Error, Sendable, CustomStringConvertible {
    case partnerNotFound
    case partnerNameTaken
    case alertNotFound
    case userNotFound
    case usernameTaken
    /// Nobody would be left who may do everything.
    case lastAdmin
    /// The password is no longer the one that was to be replaced.
    case passwordChanged
    /// The secrets in this store were sealed with another key.
    case wrongKey
    /// The encryption key has fewer than 32 bytes.
    case shortKey
    /// The store was written by a newer version of this program.
    case newerVersion
    /// A sealed value was changed or moved; the name of the field, never its content.
    case damagedSecret(field: String)
    /// An edit was refused by the rules it was checked against.
    case rejected(Rejection)
    /// The database failed; the text is for the log.
    case database(String)

    /// A sentence; of `database` for the log only, of the others safe to show.
    package var description: String {
        switch self {
        case .partnerNotFound: "Partner not found"
        case .partnerNameTaken: "Partner name already exists"
        case .alertNotFound: "Alert not found"
        case .userNotFound: "User not found"
        case .usernameTaken: "Username already exists"
        case .lastAdmin: "The last active admin can be neither removed, demoted nor deactivated"
        case .passwordChanged: "Password was changed meanwhile"
        case .wrongKey: "The secrets in this store were sealed with another encryption key"
        case .shortKey: "The encryption key must have at least 32 bytes"
        case .newerVersion: "This store was written by a newer version of jobtalk"
        case .damagedSecret(let field): "The stored \(field) is damaged"
        case .rejected(.rule(let sentence)): sentence
        case .rejected(.fields(let faults)): faults.map { "\($0.field) \($0.message)" }.joined(separator: "; ")
        case .database(let detail): "The admin database failed: \(detail)"
        }
    }

    /// What a lower layer threw, as ours.
    init(_ error: any Error) {
        self = (error as? StoreError) ?? .database(String(describing: error))
    }
}
