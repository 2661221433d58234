/// Waits until `condition` gives a value, asking again every 20 ms; throws when `limit` has passed.
package func eventually<Value: Sendable>(
    within limit: Duration = .seconds(10), _ what: String = "the condition",
    _ condition: @Sendable () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try await condition() { return value }
        guard ContinuousClock.now < deadline else { throw Overdue(what: what, limit: limit) }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Something awaited did not happen in time.
package struct Overdue: Error, CustomStringConvertible {
    let what: String
    let limit: Duration
    package var description: String { "\(what) did not happen within \(limit)" }
}
