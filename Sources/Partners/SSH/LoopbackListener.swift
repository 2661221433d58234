import Glibc

/// A TCP port on 127.0.0.1 for one connection from this process.
///
/// TCP and not a unix socket: MySQL's `caching_sha2_password` takes the latter for secure and would send the password
/// in the clear. Any local user can reach a loopback port, so the peer is checked: a connection's four numbers name one
/// socket at each end, and if one of our own descriptors is that socket, the peer is us. A client that hangs up before
/// it was served is nobody's; a database client waits for the greeting.
struct LoopbackListener {
    let socket: Int32
    let port: Int

    init() throws(SocketFailure) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(AF_INET, kind, 0)
        guard socket >= 0 else { throw SocketFailure(error: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) == 0 }
        }
        guard isBound, listen(socket, 4) == 0, let own = Endpoint(localOf: socket) else {
            let failure = SocketFailure(error: errno)
            Glibc.close(socket)
            throw failure
        }
        self.socket = socket
        port = own.port
    }

    /// The first waiting connection that is our own, non-blocking; foreign ones are closed. Throws if none can be had
    /// any more, above all for want of descriptors.
    func acceptOwn() throws(SocketFailure) -> Int32? {
        while true {
            let peer = accept(socket, nil, nil)
            guard peer >= 0 else {
                switch errno {
                case EAGAIN: return nil
                case EINTR, ECONNABORTED: continue
                default: throw SocketFailure(error: errno)
                }
            }
            if isOurOwn(peer), makeReactive(peer) {
                var isOn: Int32 = 1
                setsockopt(peer, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
                return peer
            }
            Glibc.close(peer)
        }
    }

    func close() { Glibc.close(socket) }

    private func isOurOwn(_ accepted: Int32) -> Bool {
        guard let here = Endpoint(localOf: accepted), let there = Endpoint(remoteOf: accepted) else { return false }
        return OpenDescriptors.contains { Endpoint(localOf: $0) == there && Endpoint(remoteOf: $0) == here }
    }
}

/// One end of an IPv4 connection.
private struct Endpoint: Equatable {
    let address: UInt32
    let port: Int

    init?(localOf socket: Int32) { self.init(socket, getsockname) }

    init?(remoteOf socket: Int32) { self.init(socket, getpeername) }

    private init?(
        _ socket: Int32, _ name: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
    ) {
        var found = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &found) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(socket, $0, &size) }
        }
        guard status == 0, found.sin_family == sa_family_t(AF_INET) else { return nil }
        address = found.sin_addr.s_addr
        port = Int(UInt16(bigEndian: found.sin_port))
    }
}

/// The descriptors of this process.
private enum OpenDescriptors {
    /// False also when the system does not tell.
    static func contains(_ isWanted: (Int32) -> Bool) -> Bool {
        guard let directory = opendir("/proc/self/fd") else { return false }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let descriptor = Int32(name), isWanted(descriptor) { return true }
        }
        return false
    }
}
