package import Domain
package import Foundation

/// The verbs in which we speak with partners' databases; no SQL and no driver's word leaves this seam.
///
/// Every call ends by its time limit plus at most a second, whatever the network does, and at once when its
/// task is cancelled; the connection of a call that missed its limit is closed, never reused.
/// One call at a time per partner (the caller sees to it), statistics apart; calls for different partners never wait for each other.
package protocol PartnerGateway: Sendable {
    /// Whether a session for this partner at this revision is open and idle, so that `connect` would do nothing.
    func isWarm(_ partner: Partner) -> Bool

    /// Opens the tunnel and session and looks at the schema, unless they are warm; a warm session's schema, when it is
    /// due, is looked at anew by the call that needs it.
    ///
    /// Returns the bastion's host key; `nil` without a tunnel.
    func connect(_ access: PartnerAccess, within limit: Duration) async throws(VisitError) -> HostKeyPin?

    /// Reads the live numbers over the warm session in one statement: one round trip.
    ///
    /// `today` is the business day. Throws with `isStaleSession` if the warm session was dead; connect anew then.
    func readMetrics(
        _ access: PartnerAccess, today: Range<Date>, within limit: Duration
    ) async throws(VisitError) -> MetricsReading

    /// Writes one setting and its audit row in one transaction over the warm session, and reads it back. Idempotent.
    func apply(
        _ change: SettingChange, to access: PartnerAccess, now: Date, within limit: Duration
    ) async throws(VisitError) -> AppliedChange

    /// Whether statistics of this partner would have to shake hands with its bastion: it has one, and there is neither
    /// an open tunnel of this revision's visits nor an idle session for statistics.
    func needsHandshakeForStatistics(_ partner: Partner) -> Bool

    /// Opens the session for statistics unless it is there: through the visits' tunnel if that is open, which no
    /// failure here disturbs, otherwise by a tunnel of its own.
    ///
    /// Returns the bastion's host key; `nil` without a tunnel. Throws with `isStaleSession` if `mayShakeHands` is false
    /// and the tunnel is gone.
    func connectForStatistics(
        _ access: PartnerAccess, mayShakeHands: Bool, within limit: Duration
    ) async throws(VisitError) -> HostKeyPin?

    /// Counts what was created in `range`, over the session for statistics, in one statement. May run beside a visit of
    /// the same partner.
    ///
    /// Throws with `isStaleSession` if the session, or the visits' tunnel that carried it, was dead; connect anew then.
    func readPeriod(
        _ access: PartnerAccess, range: Range<Date>, within limit: Duration
    ) async throws(VisitError) -> PeriodStatistics

    /// Ends statements of statistics that were cancelled and still run at their servers, within 5 s; closes sessions
    /// that nobody has used for `limit`, and returns how long until the next may be; `nil` if none is open.
    func tidyUpStatistics(idleAfter limit: Duration) async -> Duration?

    /// Tests every stage with connections of its own, within `connectionLimit` up to the login and `queryLimit` after.
    /// Keeps nothing open. Makes the next visit look at the schema again. Calls `onConnected` after the login.
    func check(
        _ access: PartnerAccess, connectionLimit: Duration, queryLimit: Duration, now: Date,
        onConnected: @Sendable () -> Void
    ) async -> ConnectionReport

    /// Whether a private key can be read with this passphrase (`nil`: none); throws the field at fault,
    /// `sshConfig.privateKey` or `sshConfig.passphrase`.
    func inspect(key: Secret, passphrase: Secret?) async throws(FieldFault)

    /// Closes whatever is open for a partner.
    func drop(_ id: PartnerID) async

    /// Closes everything.
    func shutdown() async
}
