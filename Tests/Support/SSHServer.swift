import Foundation
import Synchronization

/// A real sshd on a free loopback port with host keys of its own and one login: the bastion of a partner.
package final class SSHServer: Sendable {
    package let port: Int
    /// The login's name; the same for all servers of the test process.
    package let username: String
    /// The login's password.
    package let password: String
    package let directory: TemporaryDirectory
    private let extraLines: [String]
    private let process: Mutex<ChildProcess?>

    /// Logins are made and removed, so it takes root.
    package static let isAvailable = geteuid() == 0 && locate("sshd") != nil && locate("useradd") != nil

    /// The one that tests share, without extra lines; those that stop it start one of their own.
    package static func shared() async throws -> SSHServer { try await instance.value() }
    private static let instance = Shared { try await SSHServer.start() }

    /// From 9.8 on, sshd shuts out addresses that fail to log in, and all tests have the same one.
    private static let leniency = Shared {
        do {
            try await run(program(), ["-G", "-f", "/dev/null", "-o", "PerSourcePenalties=no"])
            return ["PerSourcePenalties no"]
        } catch is ToolFailure {
            return []
        }
    }

    private init(login: ThrowawayLogin, extraLines: [String]) throws {
        port = try FreePort.next()
        username = login.name
        password = login.password
        directory = try TemporaryDirectory()
        self.extraLines = extraLines
        process = Mutex(nil)
    }

    /// Starts one with host keys of the given kinds; `extraLines` come first in its configuration, and so they win.
    package static func start(
        hostKeys: [SSHKeyPair.Kind] = SSHKeyPair.Kind.allCases, extraLines: [String] = []
    ) async throws -> SSHServer {
        let server = try SSHServer(login: await .shared(), extraLines: extraLines)
        try server.directory.write("", to: "authorized_keys", mode: 0o644)
        try await server.makeHostKeys(hostKeys)
        try await server.resume()
        return server
    }

    /// Lets a key log in, from now on.
    package func authorize(_ key: SSHKeyPair) throws {
        let file = try FileHandle(forWritingTo: directory.url.appending(path: "authorized_keys"))
        defer { file.closeFile() }
        try file.seekToEnd()
        try file.write(contentsOf: Data(key.publicKey.utf8))
    }

    /// Replaces its host keys; takes effect when it starts next.
    package func makeHostKeys(_ kinds: [SSHKeyPair.Kind]) async throws {
        for kind in SSHKeyPair.Kind.allCases {
            let path = directory.path("host_\(kind)")
            for stale in [path, path + ".pub"] where FileManager.default.fileExists(atPath: stale) {
                try FileManager.default.removeItem(atPath: stale)
            }
            guard kinds.contains(kind) else { continue }
            let size = kind == .rsa ? ["-b", "2048"] : []
            try await run("ssh-keygen", ["-q", "-t", kind.rawValue, "-N", "", "-f", path] + size)
        }
        try directory.write(configuration(kinds, await Self.leniency.value()), to: "config")
    }

    /// `SHA256:…` of its host key of a kind.
    package func fingerprint(_ kind: SSHKeyPair.Kind = .ed25519) async throws -> String {
        let listing = try await run("ssh-keygen", ["-l", "-f", directory.path("host_\(kind).pub")])
        return String(listing.split(separator: " ")[1])
    }

    /// Starts it again on the same port.
    package func resume() async throws {
        try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        let output = directory.url.appending(path: "sshd.log")
        let child = try ChildProcess(Self.program(), ["-D", "-e", "-f", directory.path("config")], output: output)
        process.withLock { $0 = child }
        let port = port
        try await child.waitUntilReady { LoopbackSocket.answers(port) }
    }

    /// Ends it with all its connections.
    package func stop() async {
        guard let child = process.withLock({ $0.take() }) else { return }
        // Each connection has a session of its own, which does not end with the listener.
        let connections = descendants(of: child.id)
        await child.kill()
        connections.forEach { kill($0, SIGKILL) }
    }

    /// Ends it with all its connections and starts it again on the same port, with the same host keys.
    package func restart() async throws {
        await stop()
        try await resume()
    }

    /// Ends the open connections only.
    package func cutConnections() {
        guard let child = process.withLock({ $0 }) else { return }
        descendants(of: child.id).forEach { kill($0, SIGKILL) }
    }

    /// What it logged so far, at its level DEBUG.
    package var log: String {
        String(decoding: FileManager.default.contents(atPath: directory.path("sshd.log")) ?? Data(), as: UTF8.self)
    }

    /// sshd wants to be called by its full path.
    private static func program() throws -> String {
        guard let path = locate("sshd") else { throw SystemFailure("sshd", code: ENOENT) }
        return path
    }

    private func configuration(_ kinds: [SSHKeyPair.Kind], _ more: [String]) -> String {
        let lines =
            extraLines + more + ["Port \(port)", "ListenAddress 127.0.0.1"]
            + kinds.map { "HostKey \(directory.path("host_\($0)"))" }
            + [
                "PidFile none", "LogLevel DEBUG", "StrictModes no", "UsePAM no", "UseDNS no",
                "AllowUsers \(username)", "PasswordAuthentication yes", "PubkeyAuthentication yes",
                "KbdInteractiveAuthentication no", "AuthorizedKeysFile \(directory.path("authorized_keys"))",
                "AllowTcpForwarding yes", "MaxStartups 500:30:1000", "MaxSessions 500", "MaxAuthTries 20",
                "PrintMotd no", "PrintLastLog no",
            ]
        return lines.joined(separator: "\n") + "\n"
    }
}

/// All processes below one, the deepest last.
private func descendants(of ancestor: pid_t) -> [pid_t] {
    let path = "/proc/\(ancestor)/task/\(ancestor)/children"
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    let children = String(decoding: data, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
    return children + children.flatMap(descendants)
}
