package import NIOCore

/// One thing that changed in the live picture, encoded once for all who are told.
package struct PictureEvent: Sendable {
    /// The raw value is the event's name in the stream.
    package enum Kind: String, Sendable {
        /// As `GET /api/dashboard/overview`.
        case overview
        /// One element of `GET /api/dashboard/partners`.
        case partner
        /// One element of `GET /api/alerts`, also when it is over.
        case alert
        /// A partner that is gone, and its alert with it: `{"id": …}`.
        case removed
    }

    package let kind: Kind
    /// Without line breaks.
    package let json: ByteBuffer
}

/// What changed since a place, each thing once and as it is now.
package struct PictureChanges: Sendable {
    package let events: [PictureEvent]
    /// From where to go on.
    package let place: Int
    /// The place's name for clients, plain letters, digits and a dash; no other process gives it to another place.
    package let id: String
}

/// An event and the number of the change that it tells of.
struct NumberedEvent {
    let number: Int
    let event: PictureEvent
}

/// Numbers the changes of the picture, and keeps for a while what cannot be found in it any more.
struct ChangeLog {
    /// How many endings are kept at the least: more than change while a client that is not cut off takes in a batch.
    private static let capacity = 4_096

    /// Of the last change.
    private(set) var number = 0
    /// Removed partners and resolved alerts, oldest first.
    private var endings: [NumberedEvent] = []
    /// Of the newest ending that was let go.
    private var forgotten = 0
    /// Makes ids and entity tags that no other process makes.
    private let word = String(UInt64.random(in: .min ... .max), radix: 36)

    mutating func next() -> Int {
        number += 1
        return number
    }

    func changes(_ events: [PictureEvent], to place: Int) -> PictureChanges {
        PictureChanges(events: events, place: place, id: id(place))
    }

    /// An entity tag that no other body has.
    func tag(_ number: Int) -> String { "\"\(id(number))\"" }

    private func id(_ number: Int) -> String { "\(word)-\(number)" }

    /// The place that an id or a tag's inside names; `nil` if it is none of ours or nothing can be told from there on.
    func place(of id: String) -> Int? {
        guard id.hasPrefix(word + "-"), let place = Int(id.dropFirst(word.count + 1)) else { return nil }
        return (forgotten...number).contains(place) ? place : nil
    }

    /// Keeps the last word on something that the picture does not hold any more.
    mutating func keep(_ ending: PictureEvent) {
        endings.append(NumberedEvent(number: next(), event: ending))
        guard endings.count > 2 * Self.capacity else { return }
        forgotten = endings[Self.capacity - 1].number
        endings.removeFirst(Self.capacity)
    }

    /// The endings after `place`; `nil` if some of them were let go.
    func endings(since place: Int) -> ArraySlice<NumberedEvent>? {
        guard place >= forgotten else { return nil }
        let first = endings.partitioningIndex { $0.number > place }
        return endings[first...]
    }
}

extension Array {
    /// The first index whose element satisfies `isAfter`, in an array where all after it do too.
    func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
        var range = startIndex..<endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = isAfter(self[middle]) ? range.lowerBound..<middle : middle + 1..<range.upperBound
        }
        return range.lowerBound
    }
}
