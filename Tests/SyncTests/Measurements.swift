import Domain
import Foundation
import NIOCore
import Store
import TestSupport
import Testing

@testable import Sync

/// Figures, not promises: `JOBTALK_MEASURE=1 swift test --filter PictureMeasurements`.
@Suite("Measurements", .enabled(if: ProcessInfo.processInfo.environment["JOBTALK_MEASURE"] != nil))
struct PictureMeasurements {
    @Test("A thousand partners")
    func thousandPartners() {
        let clock = ManualClock()
        let records = (0..<1_000).map { index in
            PartnerRecord(
                partner: Partner(
                    id: .random(), configuration: PartnerDraft.sample("Partner \(index)").configuration, revision: 1,
                    createdAt: clock.now, updatedAt: clock.now),
                sync: SyncState(), pending: [])
        }
        let snapshots = records.map { record in
            Snapshot(
                partnerID: record.partner.id, metrics: .plain(), judgement: Judgement(level: .normal, message: nil),
                time: clock.now, fetchMilliseconds: 42)
        }
        let picture = LivePicture(snapshots: [:], settings: Settings(), clock: clock)
        picture.change { canvas in
            for record in records { canvas.set(record) }
            for snapshot in snapshots { canvas.set(snapshot) }
        }
        let watch = ContinuousClock()
        print("first:", watch.measure { _ = picture.partners() }, "bytes:", picture.partners().body.readableBytes)
        let change = watch.measure {
            for snapshot in snapshots.prefix(100) {
                picture.change { $0.set(snapshot) }
                _ = picture.partners()
            }
        }
        print("after one change:", change / 100)
        let read = watch.measure { for _ in 0..<100_000 { _ = picture.partners() } }
        print("unchanged read:", read / 100_000)
        var queue = VisitQueue(slots: 16)
        for record in records {
            queue.set(.init(due: .seconds(9), bastion: "one", isFailing: false), for: record.partner.id)
        }
        let decide = watch.measure { for _ in 0..<100 { _ = queue.decide(at: .zero, isWarm: { _ in true }) } }
        print("decide:", decide / 100)
    }
}
