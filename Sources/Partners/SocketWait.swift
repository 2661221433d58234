import CSSH
import Glibc

/// What came of waiting for events on a socket; `nil` if the deadline came first.
func poll(_ descriptor: Int32, for events: Int32, deadline: Deadline) -> Int32? {
    var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    var count: Int32
    repeat { count = Glibc.poll(&poll, 1, deadline.remaining.roundedUpMilliseconds) } while count < 0 && errno == EINTR
    return count > 0 ? Int32(poll.revents) : nil
}

/// The bytes that have come, at most `limit` of them, without taking any; empty if there are none.
func peek(_ descriptor: Int32, limit: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = recv(descriptor, &bytes, limit, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return Array(bytes.prefix(max(count, 0)))
}
