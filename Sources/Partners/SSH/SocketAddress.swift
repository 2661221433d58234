import Glibc

/// One numeric IPv4 or IPv6 address with its port.
struct SocketAddress: Sendable, Equatable, CustomStringConvertible {
    /// Such as `10.0.0.7` or `::1`.
    let host: String
    let port: Int

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Asks the system's resolver; blocks unless `flags` has `AI_NUMERICHOST`. No addresses: `error` is an `EAI_` code.
    static func lookUp(host: String, port: Int, flags: Int32) -> (addresses: [SocketAddress]?, error: Int32) {
        var found: UnsafeMutablePointer<addrinfo>?
        var hints = addrinfo()
        hints.ai_flags = flags | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        let error = getaddrinfo(host, String(port), &hints, &found)
        guard error == 0, let found else { return (nil, error) }
        defer { freeaddrinfo(found) }
        let addresses = sequence(first: found) { $0.pointee.ai_next }.compactMap {
            SocketAddress($0.pointee, port: port)
        }
        return addresses.isEmpty ? (nil, EAI_NONAME) : (addresses, 0)
    }

    private init?(_ info: addrinfo, port: Int) {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let error = getnameinfo(
            info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        guard error == 0, let host = text.withUnsafeBufferPointer({ $0.baseAddress.map { String(cString: $0) } })
        else { return nil }
        self.init(host: host, port: port)
    }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// A non-blocking socket that has begun to connect here, or the `errno` of the failure.
    func startConnecting() -> Result<Int32, SocketFailure> {
        var found: UnsafeMutablePointer<addrinfo>?
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let found else {
            return .failure(SocketFailure(error: EAFNOSUPPORT))
        }
        defer { freeaddrinfo(found) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = socket(found.pointee.ai_family, kind, 0)
        guard socket >= 0 else { return .failure(SocketFailure(error: errno)) }
        guard connect(socket, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 || errno == EINPROGRESS else {
            let failure = SocketFailure(error: errno)
            close(socket)
            return .failure(failure)
        }
        return .success(socket)
    }
}

/// A system call on a socket failed with this `errno`.
struct SocketFailure: Error {
    let error: Int32
}

/// Makes a descriptor non-blocking and keeps it from child processes. False: `errno` tells why not.
func makeReactive(_ descriptor: Int32) -> Bool {
    fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 && fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
}
