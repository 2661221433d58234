package import Domain
import Foundation
import Synchronization

/// One partner as it stands now.
package struct PartnerStanding: Sendable {
    package var partner: Partner
    /// With `inProgress` while a visit runs, and `nextSyncAt` as planned under the settings in force.
    package var sync: SyncState
    package var pending: [PendingChange]
    package var snapshot: Snapshot?
    /// Of now: `ERROR` from the third failure in a row, else the snapshot's numbers by the settings in force;
    /// `nil` before the first snapshot or error.
    package var judgement: Judgement?
    /// Older than three intervals; false without a snapshot.
    package var isStale: Bool
}

/// All partners and their latest snapshots in memory, with the dashboard's two answers already encoded.
///
/// Written by the engine only. A read costs a lock and the time of day; the first read after a change, or after a
/// partner became stale, puts the answer together from the partners' cached fragments.
///
/// Whoever is to be told of changes asks for what is new since the place where it left off. So a listener is a number,
/// there is nothing to sign up to or to forget, and what changed five times between two questions is told once.
package final class LivePicture: Sendable {
    private let clock: any WallClock
    private let canvas: Mutex<Canvas>

    /// Without partners yet; `snapshots` are shown as soon as their partners are.
    init(snapshots: [PartnerID: Snapshot], settings: Settings, clock: any WallClock) {
        self.clock = clock
        canvas = Mutex(Canvas(snapshots: snapshots, settings: settings, startedAt: clock.now))
    }

    /// The answer of `GET /api/dashboard/overview`.
    package func overview() -> EncodedJSON {
        let now = clock.now
        return canvas.withLock { $0.encodedOverview(at: now) }
    }

    /// The answer of `GET /api/dashboard/partners`.
    package func partners() -> EncodedJSON {
        let now = clock.now
        return canvas.withLock { $0.encodedPartners(at: now) }
    }

    /// The overview's sums as they are now; `nil` if they rest on no fresh reading.
    func totals() -> Totals? {
        let now = clock.now
        return canvas.withLock { $0.overview(at: now) }.totals(at: now)
    }

    /// The place that `id` names: that of some earlier changes, or the tag of `partners()` without its quotes.
    ///
    /// `nil` if nobody can go on from there: another process gave it, too much ended since, or it never was one.
    package func place(of id: String) -> Int? {
        canvas.withLock { $0.place(of: id) }
    }

    /// What changed since `place`, which an earlier answer gave; with `nil` the whole: the overview, then every partner
    /// by name. Becoming stale is a change, too. Up to 100 ms behind the GETs.
    ///
    /// Returns `nil` if so much ended since `place` that it is not known any more: the listener has to begin anew.
    package func changes(since place: Int?) -> PictureChanges? {
        let (now, moment) = (clock.now, ContinuousClock.now)
        return canvas.withLock { $0.changes(since: place, at: now, moment: moment) }
    }

    /// The same for a listener that begins at `place`, and the overview in any case: who has the partners as they were
    /// there may have asked for the sums before.
    package func continuation(from place: Int) -> PictureChanges? {
        let (now, moment) = (clock.now, ContinuousClock.now)
        return canvas.withLock { $0.continuation(from: place, at: now, moment: moment) }
    }

    /// All partners by name, the inactive included.
    package func standings() -> [PartnerStanding] {
        let now = clock.now
        return canvas.withLock { $0.standings(at: now) }
    }

    /// One partner; `nil` if there is none.
    package func standing(of id: PartnerID) -> PartnerStanding? {
        let now = clock.now
        return canvas.withLock { $0.standing(of: id, at: now) }
    }

    /// The open alerts, worst first; the dismissed included.
    package func openAlerts() -> [Alert] {
        canvas.withLock { $0.openAlerts }.sorted(by: Alert.isMoreUrgent)
    }

    /// How many alerts are open and not dismissed now.
    package func alertSummary() -> AlertSummary {
        AlertSummary(canvas.withLock { $0.openAlerts }, at: clock.now)
    }

    /// One partner's configuration, without judging how it stands.
    func partner(_ id: PartnerID) -> Partner? {
        canvas.withLock { $0.partner(id) }
    }

    /// The one way in which anything changes.
    func change(_ edit: (inout Canvas) -> Void) {
        canvas.withLock { edit(&$0) }
    }
}
