import Domain
import Foundation
import Store

extension PartnerID {
    /// The newest moment, not after `now`, at which this partner has its turn.
    ///
    /// Every partner has a place of its own in the interval, always the same, so that visits are spread over it
    /// even when all partners were added, woken or force-synced at once.
    func turn(notAfter now: Date, every interval: Int) -> Date {
        let interval = Double(interval)
        let seconds = now.timeIntervalSince1970
        let turn = ((seconds / interval - place).rounded(.down) + place) * interval
        return Date(timeIntervalSince1970: min(turn, seconds))
    }

    /// From 0 up to 1, the same in every process: the FNV-1a hash, its bits mixed as MurmurHash3 does at the end,
    /// without which similar ids would stand close together.
    private var place: Double {
        var hash = rawValue.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] as [UInt64] {
            hash = (hash ^ (hash >> 33)) &* factor
        }
        return Double((hash ^ (hash >> 33)) >> 11) / Double(1 << 53 as UInt64)
    }
}

extension PartnerRecord {
    /// When this partner is to be visited unasked, whatever settings the stored time was made under.
    ///
    /// A change that waits to be written brings it within the minute, with scheduled visits or without; after a
    /// refused login when that has rested.
    func due(at now: Date, by settings: Settings) -> Date? {
        guard partner.configuration.isActive else { return nil }
        let scheduled = settings.autoRefreshEnabled ? scheduled(at: now, every: settings.refreshInterval) : nil
        guard !pending.isEmpty else { return scheduled }
        let soon = sync.lastFailure?.isLogin == true ? nil : now + 60
        return [scheduled, sync.nextSyncAt, soon].compactMap(\.self).min()
    }

    /// Whether an operator's change was never tried.
    var hasUntriedChange: Bool { pending.contains { $0.error == nil } }

    /// Never further away than the settings in force allow: a shorter interval pulls it in, and so is a time ignored
    /// that comes of a clock set back since.
    private func scheduled(at now: Date, every interval: Int) -> Date {
        guard let next = sync.nextSyncAt else { return now }
        if sync.consecutiveFailures > 0 {
            let restraint = sync.lastFailure?.isLogin == true ? 3600 : max(interval, 120)
            return min(next, now + TimeInterval(restraint))
        }
        guard next > now + TimeInterval(interval) else { return next }
        return partner.id.turn(notAfter: now, every: interval) + TimeInterval(interval)
    }
}
