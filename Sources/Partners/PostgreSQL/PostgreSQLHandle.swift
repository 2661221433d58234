import CPostgreSQL
import Domain
import Glibc

/// A connection of libpq. Every call blocks, and one thread at a time may make one.
final class PostgreSQLHandle {
    /// No answer that we ask for comes near it; a hostile server must not fill our memory.
    static let answerLimit = 64 << 20

    /// libpq can keep the rest of an encrypted record to itself, of which the socket knows nothing: a wait ends so
    /// soon that it is asked again.
    private static let longestWait = Duration.milliseconds(100)

    let pointer: OpaquePointer
    /// Ends any wait of this handle from another thread.
    let cut: SocketCut
    /// By which the server knows this connection.
    private let tag: String

    /// Begins to connect.
    init(_ parameters: PostgreSQLParameters, cut: SocketCut) throws(DatabaseFailure) {
        guard Self.isEnvironmentClean,
            let pointer = parameters.withCStrings({ PQconnectStartParams($0, $1, 0) })
        else { throw DatabaseFailure(cause: .other, code: 0, detail: "libpq: out of memory") }
        self.pointer = pointer
        self.cut = cut
        tag = parameters.tag
        PQsetNoticeReceiver(pointer, { _, _ in }, nil)
        // With the SQLSTATE, which libpq tells of a refused login in its text only.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
    }

    deinit {
        PQfinish(pointer)
    }

    /// libpq reads `PGSERVICE`, `PGTZ` and others of the kind which no parameter can override.
    ///
    /// The library moves pointers within the list and frees nothing, so that readers on other threads are safe.
    private static let isEnvironmentClean: Bool = {
        var names: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            if variable.hasPrefix("PG") { names.append(String(variable.prefix { $0 != "=" })) }
            entry += 1
        }
        return names.allSatisfy { unsetenv($0) == 0 }
    }()

    var dialect: Dialect { .postgreSQL }
    var ending: Ending {
        { [tag] other throws(DatabaseFailure) in
            _ = try other.rows(
                """
                SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
                WHERE application_name = '\(tag)'
                """)
        }
    }
    var serverVersion: String {
        "PostgreSQL " + (PQparameterStatus(pointer, "server_version").map { String(cString: $0).loggable } ?? "")
    }
    var isEncrypted: Bool { PQsslInUse(pointer) != 0 }
    var isLost: Bool { PQstatus(pointer) == CONNECTION_BAD }

    /// How many bytes the server has sent over this connection, as the system counts them.
    var bytesReceived: Int {
        // `tcpi_bytes_received` of <linux/tcp.h>, which clashes with the C library's older <netinet/tcp.h>.
        let offset = 128
        var information = [UInt8](repeating: 0, count: 256)
        var size = socklen_t(information.count)
        guard getsockopt(PQsocket(pointer), Int32(IPPROTO_TCP), TCP_INFO, &information, &size) == 0,
            size >= offset + MemoryLayout<UInt64>.size
        else { return 0 }
        return information.withUnsafeBytes { Int(clamping: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
    }

    /// Waits for the socket, though no longer than to the deadline; a wait may also end for nothing.
    func wait(for events: Int32, until end: Deadline? = nil) -> Int32 {
        let tick = Deadline(within: min(Self.longestWait, end?.remaining ?? Self.longestWait))
        return poll(PQsocket(pointer), for: events, deadline: tick) ?? 0
    }

    /// What the last call failed with. The detail is as libpq or the server put it.
    func failure(midAnswer: Bool = false) -> DatabaseFailure {
        let text = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
        return DatabaseFailure(
            postgreSQL: text.sqlState, text: text, isLost: isLost, midAnswer: midAnswer)
    }
}

extension PostgreSQLHandle: StatementRunner {
    /// Of several statements, all rows together.
    func rows(_ sql: String) throws(DatabaseFailure) -> [[String?]] {
        let before = bytesReceived
        var hasAnswered = false
        guard PQsendQuery(pointer, sql) == 1, PQsetSingleRowMode(pointer) == 1 else { throw failure() }
        var rows: [[String?]] = []
        var size = 0
        var failure: DatabaseFailure?
        while let result = try nextResult(onArrival: { hasAnswered = $0 > before }, allowing: before + Self.answerLimit)
        {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK:
                for row in 0..<PQntuples(result) {
                    let fields = (0..<PQnfields(result)).map { field(result, row, $0) }
                    size += fields.reduce(64) { $0 + 16 + ($1?.utf8.count ?? 0) }
                    rows.append(fields)
                }
                if size > Self.answerLimit { throw tooLarge() }
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            case PGRES_FATAL_ERROR:
                failure = failure ?? self.failure(result, midAnswer: hasAnswered)
            default:
                // A copy, perhaps, which we never ask for and which would have no end.
                cut.cut()
                throw DatabaseFailure(cause: .other, code: 0, detail: "an answer of another kind")
            }
        }
        if let failure { throw failure }
        return rows
    }

    private func nextResult(
        onArrival: (Int) -> Void, allowing limit: Int
    ) throws(DatabaseFailure) -> OpaquePointer? {
        while PQisBusy(pointer) == 1 {
            _ = wait(for: POLLIN)
            let received = bytesReceived
            onArrival(received)
            if received > limit { throw tooLarge() }
            // The result says what broke.
            guard PQconsumeInput(pointer) == 1 else { break }
        }
        return PQgetResult(pointer)
    }

    private func tooLarge() -> DatabaseFailure {
        cut.cut()
        return DatabaseFailure(cause: .tooLarge, code: 0, detail: "more than \(Self.answerLimit) bytes")
    }

    private func field(_ result: OpaquePointer, _ row: Int32, _ column: Int32) -> String? {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return nil }
        let length = Int(PQgetlength(result, row, column))
        return start.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }

    private func failure(_ result: OpaquePointer, midAnswer: Bool) -> DatabaseFailure {
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        let text = PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
        return DatabaseFailure(postgreSQL: state, text: text, isLost: isLost, midAnswer: midAnswer)
    }
}
