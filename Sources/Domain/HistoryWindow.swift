package import Foundation

/// How far back a chart looks, and in what steps.
package struct HistoryWindow: Sendable, Equatable {
    /// In days: the longest time for which anything can be kept.
    package static let longest = 3_660

    package let from: Date
    /// Not included.
    package let to: Date
    package let stepSeconds: Int

    /// The finest round step with which at most `points` (≥ 2) steps cover the window, but none finer than `finest`
    /// seconds, the time between two readings.
    ///
    /// Without `to` it ends with the step that `now` falls in, so that within a step the same question has the same
    /// answer; without `from` it is 24 hours long. Throws the rule that it breaks.
    package init(from: Date?, to: Date?, points: Int, finest: Int, now: Date) throws(Rejection) {
        let end = to ?? now
        let start = from ?? end - Self.day
        guard start < end else { throw .rule("from must be before to, which is now unless it is given") }
        guard end.timeIntervalSince(start) <= Double(Self.longest) * Self.day else {
            throw .rule("from and to must be at most \(Self.longest) days apart")
        }
        let step = Self.step(atLeast: finest) { step in
            let range = Self.range(from: from, to: to, now: now, step)
            return Self.index(of: range.upperBound - 0.001, step) - Self.index(of: range.lowerBound, step) < points
        }
        let range = Self.range(from: from, to: to, now: now, step)
        (stepSeconds, self.from, self.to) = (step, range.lowerBound, range.upperBound)
    }

    private static let day: TimeInterval = 86_400

    /// Round numbers that divide a day.
    private static let ladder = [5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200]

    /// Beyond the ladder, whole days.
    private static func step(atLeast finest: Int, _ isEnough: (Int) -> Bool) -> Int {
        if let step = ladder.first(where: { $0 >= finest && isEnough($0) }) { return step }
        var step = 86_400
        while !isEnough(step) { step += 86_400 }
        return step
    }

    private static func range(from: Date?, to: Date?, now: Date, _ step: Int) -> Range<Date> {
        let end = to ?? Date(timeIntervalSince1970: Double((index(of: now, step) + 1) * step))
        return (from ?? end - day)..<end
    }

    /// Which step since 1970 a moment falls in.
    private static func index(of moment: Date, _ step: Int) -> Int {
        Int((moment.timeIntervalSince1970 / Double(step)).rounded(.down))
    }
}
