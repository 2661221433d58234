import Foundation
import Synchronization

/// A private MariaDB server on a free loopback port, with its data in a directory of its own.
package final class MariaDBServer: Sendable {
    package let port: Int
    package let directory: TemporaryDirectory
    private let arguments: [String]
    private let process: Mutex<ChildProcess?>

    /// Whether the server's programs are installed.
    package static let isAvailable = locate("mariadbd") != nil && locate("mariadb-install-db") != nil

    /// The one that tests share; it ends with the test process. Tests that stop it or change it as a whole start one
    /// of their own.
    package static func shared() async throws -> MariaDBServer { try await instance.value() }
    private static let instance = Shared { try await MariaDBServer.start() }
    private static let template = Shared { try await makeTemplate() }

    private init(port: Int, directory: TemporaryDirectory, arguments: [String]) {
        self.port = port
        self.directory = directory
        self.arguments = arguments
        process = Mutex(nil)
    }

    /// Starts a server with extra arguments, such as `--ssl-cert=…`.
    package static func start(_ extra: [String] = []) async throws -> MariaDBServer {
        let template = try await template.value()
        let directory = try TemporaryDirectory()
        try await TestSupport.run("cp", ["-a", "--reflink=auto", template.path("data"), directory.path("data")])
        let server = MariaDBServer(port: try FreePort.next(), directory: directory, arguments: extra)
        try await server.resume()
        return server
    }

    /// Starts it again on the same port with the same data.
    package func resume() async throws {
        let output = directory.url.appending(path: "server.log")
        let child = try ChildProcess("mariadbd", serverArguments, output: output)
        process.withLock { $0 = child }
        let port = port
        try await child.waitUntilReady { LoopbackSocket.answers(port) }
    }

    /// Ends it in good order, or at once with SIGKILL.
    package func stop(abruptly: Bool = false) async {
        guard let child = process.withLock({ $0.take() }) else { return }
        if abruptly { await child.kill() } else { await child.stop() }
    }

    /// Ends it and starts it again on the same port.
    package func restart(abruptly: Bool = false) async throws {
        await stop(abruptly: abruptly)
        try await resume()
    }

    /// Stops and continues the process: it accepts connections (the kernel does) and says nothing.
    package func setFrozen(_ isFrozen: Bool) {
        process.withLock { $0?.signal(isFrozen ? SIGSTOP : SIGCONT) }
    }

    /// Runs statements as its administrator; returns rows as lines with fields between tabs, without a heading.
    @discardableResult
    package func execute(_ sql: String, database: String? = nil) async throws -> String {
        var arguments = [
            "--no-defaults", "--socket=\(directory.path("data/socket"))", "--user=root", "--batch",
            "--skip-column-names",
            "--default-character-set=utf8mb4",
        ]
        if let database { arguments.append("--database=\(database)") }
        return try await TestSupport.run("mariadb", arguments, input: sql)
    }

    private var serverArguments: [String] {
        Self.commonArguments + [
            "--datadir=\(directory.path("data"))", "--socket=\(directory.path("data/socket"))",
            "--pid-file=\(directory.path("data/pid"))", "--port=\(port)", "--bind-address=127.0.0.1",
            "--skip-networking=0", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=16M", "--max-connections=500", "--performance-schema=OFF",
            "--character-set-server=utf8mb4", "--max-connect-errors=1000000",
        ] + arguments
    }

    /// As root it runs as nobody, who is on every system; `mysql` comes with a package that also starts a service.
    /// The directory that `TMPDIR` names may be ours alone.
    private static var commonArguments: [String] {
        ["--no-defaults", "--innodb-log-file-size=4M", "--tmpdir=/tmp"] + (geteuid() == 0 ? ["--user=nobody"] : [])
    }

    private static func makeTemplate() async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try await TestSupport.run(
            "mariadb-install-db",
            commonArguments + [
                "--datadir=\(directory.path("data"))", "--auth-root-authentication-method=normal", "--skip-test-db",
            ])
        return directory
    }
}

extension MariaDBServer {
    package typealias Account = DatabaseAccount

    /// Makes an empty database and its user, both with names that no other test has.
    package func makeDatabase(password: String = randomWord(), grants: String = "ALL") async throws -> Account {
        let name = "t_" + randomWord()
        let account = Account(database: name, username: name, password: password)
        try await execute(
            """
            CREATE DATABASE `\(name)`;
            CREATE USER '\(name)'@'%' IDENTIFIED BY '\(password)';
            GRANT \(grants) ON `\(name)`.* TO '\(name)'@'%';
            """)
        return account
    }

    /// Makes a database that holds the partner schema and rows.
    package func makePartner(_ schema: PartnerSchema = PartnerSchema(), rows: PartnerRows) async throws -> Account {
        let account = try await makeDatabase()
        try await execute((schema.statements + rows.statements(for: schema)).joined(), database: account.database)
        return account
    }
}
