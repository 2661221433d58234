import Domain
import Synchronization

/// What became of a change within the time that an operator waits for it.
package enum ChangeFate: Sendable, Equatable {
    /// The partner has it; `isUnaudited`: but has no table in which to keep a record of it.
    case confirmed(isUnaudited: Bool)
    /// The partner does not have it yet: it stays pending, for the reason that the sentence gives.
    case pending(String)
    /// A newer change of the same field took its place before the partner confirmed it.
    case replaced
}

/// Notices what becomes of one partner's changes, for someone who is about to make one.
///
/// It is set up before the change is stored, so that nothing can happen unnoticed. The first news of a change counts.
final class ChangeWatch: Sendable {
    enum News: Sendable, Equatable {
        case fate(ChangeFate)
        case partnerDeleted
    }

    private struct State {
        var fates: [Int64: ChangeFate] = [:]
        /// Older changes of the field have been replaced.
        var newest = Int64.min
        var isPartnerDeleted = false

        func news(of changeID: Int64) -> News? {
            if let fate = fates[changeID] { return .fate(fate) }
            if isPartnerDeleted { return .partnerDeleted }
            return changeID < newest ? .fate(.replaced) : nil
        }
    }

    private let field: SettingField
    /// What a visit that began earlier failed at is no answer: another follows it.
    private let begin: Duration
    private let state = Mutex(State())
    private let stir = Signal()

    init(of field: SettingField, from begin: Duration) {
        self.field = field
        self.begin = begin
    }

    /// What became of changes that were tried since `moment`.
    func note(_ fates: [Int64: ChangeFate], triedSince moment: Duration) {
        let relevant = fates.filter { _, fate in
            if case .pending = fate { moment >= begin } else { true }
        }
        note { $0.fates.merge(relevant) { first, _ in first } }
    }

    /// What is pending after an edit: it replaced what was before.
    func note(_ pending: [PendingChange]) {
        let newest = pending.filter { $0.change.field == field }.map(\.changeID).max()
        note { $0.newest = max($0.newest, newest ?? .min) }
    }

    func notePartnerDeleted() {
        note { $0.isPartnerDeleted = true }
    }

    /// Returns as soon as there is news of this change; `nil` when the task is cancelled first.
    func news(of changeID: Int64) async -> News? {
        while !Task.isCancelled {
            if let news = state.withLock({ $0.news(of: changeID) }) { return news }
            await stir.wait()
        }
        return nil
    }

    private func note(_ edit: (inout State) -> Void) {
        state.withLock { edit(&$0) }
        stir.raise()
    }
}
