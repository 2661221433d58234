import Hummingbird
import NIOCore

/// Takes request bodies in, within bounds of size and time.
enum RequestIntake {
    static let largestBody = 1 << 20
    /// How long a client may take to send a body of an acceptable size.
    static let bodyDeadline = Duration.seconds(30)
    /// How much and how long is read of a body that nobody wants, so that its sender gets to see the refusal.
    static let largestDiscard = 32 << 20
    static let discardDeadline = Duration.seconds(5)

    /// The connection broke, or stopped speaking HTTP, in the middle of a body: nobody is left to answer.
    struct Broken: Error {
        let cause: any Error
    }

    /// The whole body. Throws 413 after discarding the rest, 408 if it takes too long.
    static func body(of request: Request) async throws -> ByteBuffer {
        guard announcesBody(request) else { return ByteBuffer() }
        let announced = request.headers[.contentLength].map { Int($0) ?? .max } ?? 0
        switch try await take(request.body, upTo: announced > largestBody ? nil : largestBody) {
        case .whole(let body): return body
        case .tooLarge: throw HTTPProblem.bodyTooLarge
        case .late: throw HTTPProblem(.requestTimeout, "The body did not arrive in time")
        }
    }

    /// Reads and forgets a body, within `largestDiscard` and `discardDeadline`.
    static func discardBody(of request: Request) async throws {
        guard announcesBody(request) else { return }
        _ = try await take(request.body, upTo: nil)
    }

    private enum Intake: Sendable {
        case whole(ByteBuffer)
        case tooLarge
        case late
    }

    private static func announcesBody(_ request: Request) -> Bool {
        request.headers.contains(.transferEncoding) || (request.headers[.contentLength] ?? "0") != "0"
    }

    /// Reads until the body ends or a bound is met. A body beyond `limit` is discarded, with a deadline of its own;
    /// without a limit nobody wants it, and that deadline runs from the start.
    private static func take(_ body: RequestBody, upTo limit: Int?) async throws -> Intake {
        let (overflow, overflowed) = AsyncStream.makeStream(of: Void.self)
        if limit == nil { overflowed.finish() }
        return try await withThrowingTaskGroup(of: Intake.self) { group in
            group.addTask {
                do {
                    return try await collect(body, upTo: limit ?? 0) { overflowed.finish() }
                } catch let error where !(error is CancellationError) {
                    throw Broken(cause: error)
                }
            }
            group.addTask {
                try await Task.sleep(for: bodyDeadline)
                return .late
            }
            group.addTask {
                for await _ in overflow {}
                try await Task.sleep(for: discardDeadline)
                return .tooLarge
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .late
        }
    }

    private static func collect(
        _ body: RequestBody, upTo limit: Int, onOverflow: () -> Void
    ) async throws -> Intake {
        var collected = ByteBuffer()
        var received = 0
        for try await var part in body {
            received += part.readableBytes
            if received <= limit {
                collected.writeBuffer(&part)
            } else {
                onOverflow()
                guard received < largestDiscard else { break }
            }
        }
        return received <= limit ? .whole(collected) : .tooLarge
    }
}
