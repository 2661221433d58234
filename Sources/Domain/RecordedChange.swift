package import Foundation

/// One row of a partner's history: a limit or pause that was changed here, or found changed at the partner.
package struct RecordedChange: Sendable, Equatable {
    /// What is said of a change that the partner had not confirmed when another took its place.
    package static let replacement = "Replaced by a newer change"

    package let id: Int64
    package let old: SettingChange
    /// Of the same field.
    package let new: SettingChange
    package let reason: String?
    /// A user's name, or `partner`.
    package let changedBy: String
    package let changedAt: Date
    /// When the partner confirmed it; `nil`: it has not, or never will.
    package let syncedAt: Date?
    /// Why it has not; `nil` as long as nobody has tried.
    package let syncError: String?

    package init(
        id: Int64, old: SettingChange, new: SettingChange, reason: String?, changedBy: String, changedAt: Date,
        syncedAt: Date?, syncError: String?
    ) {
        self.id = id
        self.old = old
        self.new = new
        self.reason = reason
        self.changedBy = changedBy
        self.changedAt = changedAt
        self.syncedAt = syncedAt
        self.syncError = syncError
    }
}
