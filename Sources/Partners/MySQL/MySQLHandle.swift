import CMariaDB
import Domain
import Glibc

/// A connection of the C client. Every call blocks, and one thread at a time may make one.
final class MySQLHandle {
    /// No answer that we ask for comes near it; a hostile server must not fill our memory.
    private static let answerLimit = 64 << 20

    let pointer: UnsafeMutablePointer<MYSQL>
    /// Ends any wait of this handle from another thread.
    let cut: SocketCut
    /// Stands behind every statement, so that the one of this connection can be told from any other.
    private let tag = String.sessionTag()

    init(cut: SocketCut) throws(DatabaseFailure) {
        guard Self.isLibraryReady, let pointer = mysql_init(nil) else {
            throw DatabaseFailure(cause: .other, code: Int(CR_OUT_OF_MEMORY), detail: "mysql_init failed")
        }
        self.pointer = pointer
        self.cut = cut
    }

    deinit {
        mysql_close(pointer)
    }

    /// A TLS socket is written without `MSG_NOSIGNAL`, so the signal must be ignored.
    private static let isLibraryReady: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return mysql_server_init(0, nil, nil) == 0
    }()

    var serverVersion: String { mysql_get_server_info(pointer).map { String(cString: $0) } ?? "" }
    var dialect: Dialect { isMariaDB ? .mariaDB : .mysql }
    var isMariaDB: Bool { mariadb_connection(pointer) != 0 }
    var isEncrypted: Bool { mysql_get_ssl_cipher(pointer) != nil }
    /// Whether the server has told what it can, which one that greets with an error does not.
    var hasGreeted: Bool { pointer.pointee.server_capabilities != 0 }
    var offersTLS: Bool { pointer.pointee.server_capabilities & UInt(CLIENT_SSL) != 0 }

    /// What the last call failed with. The detail is as the server sent it, at most 511 bytes.
    func failure(midAnswer: Bool = false) -> DatabaseFailure {
        let code = Int(mysql_errno(pointer))
        let text = mysql_error(pointer).map { String(cString: $0) } ?? ""
        return DatabaseFailure(
            cause: .mysql(code: code, midAnswer: midAnswer), code: code, detail: "error \(code): \(text)")
    }
}

/// A login at a MySQL or MariaDB server.
typealias MySQLSession = ServerSession<MySQLHandle>

extension MySQLHandle: ServerHandle {
    /// Looks for the statement in the server's list: its session's number, then 6 more columns, then its text.
    var ending: Ending {
        { [tag] other throws(DatabaseFailure) in
            for row in try other.rows("SHOW FULL PROCESSLIST") where row.count >= 8 && row[7]?.contains(tag) == true {
                if let number = row[0].flatMap({ UInt64($0) }) { _ = try other.rows("KILL \(number)") }
            }
        }
    }

    func rows(_ sql: String) throws(DatabaseFailure) -> [[String?]] {
        var sql = "\(sql) /* \(tag) */"
        let status = sql.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { mysql_real_query(pointer, $0.baseAddress, UInt($0.count)) }
        }
        guard status == 0 else { throw failure() }
        guard let result = mysql_use_result(pointer) else {
            guard mysql_field_count(pointer) == 0 else { throw failure() }
            return []
        }
        defer { mysql_free_result(result) }
        return try read(result)
    }

    private func read(_ result: UnsafeMutablePointer<MYSQL_RES>) throws(DatabaseFailure) -> [[String?]] {
        let width = Int(mysql_num_fields(result))
        var rows: [[String?]] = []
        var size = 0
        while let row = mysql_fetch_row(result), let lengths = mysql_fetch_lengths(result) {
            size += (0..<width).reduce(64) { $0 + Int(lengths[$1]) }
            guard size <= Self.answerLimit else {
                cut.cut()
                throw DatabaseFailure(cause: .tooLarge, code: 0, detail: "more than \(Self.answerLimit) bytes")
            }
            rows.append((0..<width).map { column in row[column].map { text($0, length: Int(lengths[column])) } })
        }
        guard mysql_errno(pointer) == 0 else { throw failure(midAnswer: true) }
        return rows
    }

    private func text(_ start: UnsafeMutablePointer<CChar>, length: Int) -> String {
        start.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }
}
