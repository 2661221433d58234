import Domain
import Foundation
import Hummingbird
import JWTKit

/// Who is behind a request.
struct Session: Sendable {
    let user: User
    let token: AccessToken

    var tokenID: String { token.jti }
    var expiresAt: Date { token.expiresAt }
}

/// Issues tokens and judges them, without asking the database.
struct Authenticator: Sendable {
    let accounts: Accounts
    private let keys: JWTKeyCollection
    private let lifetime: Duration
    private let clock: any WallClock

    init(secret: Secret, lifetime: Duration, accounts: Accounts, clock: any WallClock) async {
        keys = await JWTKeyCollection().add(hmac: HMACKey(from: secret.clearText), digestAlgorithm: .sha256)
        self.lifetime = lifetime
        self.accounts = accounts
        self.clock = clock
    }

    /// A new token for a user who just proved to be one.
    func issue(for user: User) async throws -> String {
        accounts.update(user)
        return try await keys.sign(AccessToken(for: user, at: clock.now, lifetime: lifetime))
    }

    /// Judges the header `Authorization`. Throws 401 with what to do about it.
    func session(of request: Request) async throws -> Session {
        guard let text = bearer(of: request) else {
            throw HTTPProblem.unauthorized("Not signed in: send a token as Authorization: Bearer <token>")
        }
        guard let token = await verified(text), token.iss == AccessToken.issuer else {
            throw HTTPProblem.unauthorized("The token is not valid; sign in again")
        }
        guard token.expiresAt > clock.now else {
            throw HTTPProblem.unauthorized("The token has expired; sign in again")
        }
        guard let user = accounts.user(of: token) else {
            throw HTTPProblem.unauthorized("The token was revoked; sign in again")
        }
        return Session(user: user, token: token)
    }

    /// Whether a session that was good once still is: neither expired, revoked, nor its user gone.
    func isGood(_ session: Session) -> Bool {
        session.expiresAt > clock.now && accounts.user(of: session.token) != nil
    }

    private func bearer(of request: Request) -> String? {
        let words = (request.headers[.authorization] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }

    /// `nil` for whatever we did not sign: why exactly is nobody's business.
    private func verified(_ text: String) async -> AccessToken? {
        do {
            return try await keys.verify(text, as: AccessToken.self)
        } catch {
            return nil
        }
    }
}
