import Domain
import Foundation
import JWTKit

/// What a token says; signed with HS256 and nothing else.
struct AccessToken: JWTPayload, Equatable {
    static let issuer = "jobtalk"

    /// The user's id.
    let sub: String
    /// Seconds since 1970, like `exp`.
    let iat: Int
    let exp: Int
    /// This token's own id.
    let jti: String
    let iss: String
    let role: String
    /// The user's generation when it was issued.
    let generation: Int64

    init(for user: User, at now: Date, lifetime: Duration) {
        sub = user.id
        iat = Int(now.timeIntervalSince1970)
        exp = iat + Int(lifetime.components.seconds)
        jti = UUID().uuidString.lowercased()
        iss = Self.issuer
        role = user.role.rawValue
        generation = user.generation
    }

    var expiresAt: Date { Date(timeIntervalSince1970: Double(exp)) }

    /// Judges nothing: the claims need our clock and the accounts, see `Authenticator`.
    func verify(using algorithm: some JWTAlgorithm) {}
}
