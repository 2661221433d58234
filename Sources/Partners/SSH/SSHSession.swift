import CSSH
import Domain
import Glibc

/// One libssh session over one socket, non-blocking throughout. Touched by the reactor's thread alone.
final class SSHSession {
    let raw: ssh_session
    let socket: Int32
    /// From the first `ssh_connect` on, libssh closes the socket, whenever it thinks fit.
    private var isHandedOver = false
    private var isClosed = false
    private let secrets: [Secret]
    /// libssh counts into it; freed after the session.
    private let traffic = UnsafeMutablePointer<ssh_counter_struct>.allocate(capacity: 1)

    /// Takes the socket, also when it throws.
    init(_ handshake: Handshake, silenceLimit: Duration) throws(VisitError) {
        socket = handshake.socket
        secrets = handshake.login.secrets
        guard let raw = ssh_new() else {
            traffic.deallocate()
            Glibc.close(handshake.socket)
            throw SSHFault.local("ssh_new", error: ENOMEM, stage: .sshConnect)
        }
        self.raw = raw
        traffic.initialize(to: ssh_counter_struct())
        ssh_set_counters(raw, traffic, nil)
        ssh_set_blocking(raw, 0)
        tune(silenceLimit)
        guard configure(handshake) else {
            let detail = errorText
            close()
            throw SSHFault.handshake(HandshakeEnd(detail: detail))
        }
    }

    /// Nothing of the machine's own SSH set-up takes part: no configuration, no known hosts, no agent, no default keys.
    private func configure(_ handshake: Handshake) -> Bool {
        var (isConfigured, descriptor) = (Int32(0), handshake.socket)
        return ssh_options_set(raw, SSH_OPTIONS_PROCESS_CONFIG, &isConfigured) == SSH_OK
            && ssh_options_set(raw, SSH_OPTIONS_SSH_DIR, "/nonexistent") == SSH_OK
            && ssh_options_set(raw, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") == SSH_OK
            && ssh_options_set(raw, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") == SSH_OK
            // For known hosts and configuration only, which are empty; our socket is connected already.
            && ssh_options_set(raw, SSH_OPTIONS_HOST, "bastion") == SSH_OK
            && ssh_options_set(raw, SSH_OPTIONS_USER, handshake.login.username) == SSH_OK
            && ssh_options_set(raw, SSH_OPTIONS_FD, &descriptor) == SSH_OK
    }

    /// False: libssh knows none of these.
    func offerHostKeys(_ algorithms: String) -> Bool {
        ssh_options_set(raw, SSH_OPTIONS_HOSTKEYS, algorithms) == SSH_OK
    }

    /// One step of the key exchange: `SSH_OK`, `SSH_AGAIN` or `SSH_ERROR`.
    func connect() -> Int32 {
        isHandedOver = true
        let status = ssh_connect(raw)
        // libssh makes the socket blocking once it is connected (`ssh_socket_pollcallback`).
        if ssh_get_fd(raw) >= 0, fcntl(socket, F_SETFL, O_NONBLOCK) < 0 { return SSH_ERROR }
        acknowledgeAtOnce()
        return status
    }

    /// Reads what has arrived, writes what is due, answers the server's own requests.
    func process() {
        ssh_execute_message_callbacks(raw)
        acknowledgeAtOnce()
    }

    /// Asks the server for something that it must answer; true: it has. To be repeated until it has.
    ///
    /// libssh's own keep-alive wants no answer, so this one cancels a forwarding that was never asked for.
    func hearHeartbeat() -> Bool { ssh_channel_cancel_forward(raw, "127.0.0.1", 1) != SSH_AGAIN }

    /// Bytes from the server so far.
    var received: UInt64 { traffic.pointee.in_bytes }

    /// Whether the kernel holds bytes that `process` has not seen.
    var hasArrivals: Bool {
        var byte: UInt8 = 0
        return ssh_get_fd(raw) >= 0 && recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 1
    }

    /// At most the first 255 bytes that have arrived, left where they are.
    func peek() -> String {
        var bytes = [UInt8](repeating: 0, count: 255)
        let count = recv(socket, &bytes, bytes.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// Whether libssh holds bytes that the socket did not take yet.
    var hasUnsent: Bool { ssh_get_status(raw) & SSH_WRITE_PENDING != 0 }

    /// After the login: whether the server or the network ended it.
    var isLost: Bool {
        ssh_get_status(raw) & (SSH_CLOSED | SSH_CLOSED_ERROR) != 0 || ssh_is_connected(raw) == 0 || ssh_get_fd(raw) < 0
    }

    /// What libssh said last, which may be a server's own words: fit for the log, not for the public.
    var errorText: String {
        let text = ssh_get_error(UnsafeMutableRawPointer(raw)).map { String(cString: $0) } ?? ""
        return text.loggable(without: secrets)
    }

    /// The key that the server proved to hold in the key exchange; `nil` if libssh cannot tell.
    var hostKey: HostKeyPin? {
        var key: ssh_key?
        guard ssh_get_server_publickey(raw, &key) == SSH_OK, let key else { return nil }
        defer { ssh_key_free(key) }
        var hash: UnsafeMutablePointer<UInt8>?
        var length = 0
        guard ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == SSH_OK else { return nil }
        defer { ssh_clean_pubkey_hash(&hash) }
        guard let text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length) else { return nil }
        defer { ssh_string_free_char(text) }
        let keyType = ssh_key_type_to_char(ssh_key_type(key)).map { String(cString: $0) }
        return HostKeyPin(keyType: keyType, fingerprint: String(cString: text))
    }

    /// Hangs up, politely if the line still stands. All channels must have been freed.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        if isHandedOver {
            // libssh leaves a descriptor that it was given open when it hangs up, but closes it when that fails. Made
            // to forget who gave it, it closes it once in either case; the call says -1 and does it.
            ssh_options_set(raw, SSH_OPTIONS_FD, nil)
            ssh_disconnect(raw)
        }
        ssh_free(raw)
        traffic.deallocate()
        if !isHandedOver { Glibc.close(socket) }
    }

    private func tune(_ silenceLimit: Duration) {
        setOption(TCP_NODELAY, 1)
        setOption(TCP_USER_TIMEOUT, silenceLimit.roundedUpMilliseconds)
    }

    /// sshd's Nagle waits for our acknowledgement; the kernel forgets this option again and again.
    private func acknowledgeAtOnce() {
        if ssh_get_fd(raw) >= 0 { setOption(TCP_QUICKACK, 1) }
    }

    /// All of these only make things faster: a system that refuses one works on without.
    private func setOption(_ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(socket, Int32(IPPROTO_TCP), option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
