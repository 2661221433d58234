import Synchronization

/// The places of those who listen: so many in all, and for one user.
final class StreamSeats: Sendable {
    /// Taken until nobody holds it any more.
    final class Seat: Sendable {
        private let seats: StreamSeats
        private let userID: String

        fileprivate init(of userID: String, in seats: StreamSeats) {
            self.seats = seats
            self.userID = userID
        }

        deinit { seats.release(userID) }
    }

    /// For every operator's tabs and the screens on the wall, and few enough that a page gone mad harms nobody.
    private static let inAll = 200
    private static let forUser = 20

    private let taken = Mutex<[String: Int]>([:])

    var count: Int { taken.withLock { $0.values.reduce(0, +) } }

    /// Throws 429 for a user who has too many already, 503 if there is no place left.
    func take(by userID: String) throws -> Seat {
        try taken.withLock { taken in
            guard taken[userID, default: 0] < Self.forUser else {
                throw HTTPProblem.tooMany("This user has \(Self.forUser) event streams open already", retryAfter: 10)
            }
            guard taken.values.reduce(0, +) < Self.inAll else {
                throw HTTPProblem.unavailable("\(Self.inAll) event streams are open already; try again later")
            }
            taken[userID, default: 0] += 1
        }
        return Seat(of: userID, in: self)
    }

    private func release(_ userID: String) {
        taken.withLock { taken in
            let rest = taken[userID, default: 1] - 1
            taken[userID] = rest > 0 ? rest : nil
        }
    }
}
