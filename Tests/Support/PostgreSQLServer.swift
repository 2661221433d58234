import Foundation
import Synchronization

/// A private PostgreSQL server on a free loopback port, with its data in a directory of its own.
package final class PostgreSQLServer: Sendable {
    package let port: Int
    package let directory: TemporaryDirectory
    private let settings: [String]
    private let process: Mutex<ChildProcess?>

    /// Whether the server's programs are installed.
    package static let isAvailable = program("postgres") != nil && program("initdb") != nil && program("psql") != nil

    /// The one that tests share; it ends with the test process. Tests that stop it or change it as a whole start one
    /// of their own.
    package static func shared() async throws -> PostgreSQLServer { try await instance.value() }
    private static let instance = Shared { try await PostgreSQLServer.start() }
    private static let template = Shared { try await makeTemplate() }

    private init(port: Int, directory: TemporaryDirectory, settings: [String]) {
        self.port = port
        self.directory = directory
        self.settings = settings
        process = Mutex(nil)
    }

    /// Starts a server with extra settings, such as `max_connections=5`. With certificates it offers TLS. `access` are
    /// lines of `pg_hba.conf` that come before the one that lets everybody in with a password.
    package static func start(
        _ settings: [String] = [], certificates: Certificates? = nil, access: [String] = []
    ) async throws -> PostgreSQLServer {
        let template = try await template.value()
        let directory = try TemporaryDirectory()
        try await TestSupport.run("cp", ["-a", "--reflink=auto", template.path("data"), directory.path("data")])
        let data = directory.url.appending(path: "data")
        try append(access + ["host all all 127.0.0.1/32 scram-sha-256"], to: data.appending(path: "pg_hba.conf"))
        var settings = settings
        if let certificates {
            try await give(certificates, to: data)
            settings += ["ssl=on", "ssl_cert_file=server.pem", "ssl_key_file=server.key"]
        }
        let server = PostgreSQLServer(port: try FreePort.next(), directory: directory, settings: settings)
        try await server.resume()
        return server
    }

    /// Starts it again on the same port with the same data.
    package func resume() async throws {
        let output = directory.url.appending(path: "server.log")
        let (program, arguments) = try Self.command("postgres", serverArguments)
        let child = try ChildProcess(program, arguments, output: output)
        process.withLock { $0 = child }
        let state = directory.path("data/postmaster.pid")
        try await child.waitUntilReady {
            // The last line says so; while the server starts, it refuses everybody.
            guard let data = FileManager.default.contents(atPath: state) else { return false }
            return String(decoding: data, as: UTF8.self).contains("\nready")
        }
    }

    /// Ends it in good order without waiting for its clients, or at once: then it recovers as after a crash.
    package func stop(abruptly: Bool = false) async {
        guard let child = process.withLock({ $0.take() }) else { return }
        // SIGKILL would leave its own children behind, and the data in their hands.
        child.signal(abruptly ? SIGQUIT : SIGINT)
        await child.stop()
    }

    /// Ends it and starts it again on the same port.
    package func restart(abruptly: Bool = false) async throws {
        await stop(abruptly: abruptly)
        try await resume()
    }

    /// Stops and continues the process that accepts connections: the kernel does, and nobody says anything.
    package func setFrozen(_ isFrozen: Bool) {
        process.withLock { $0?.signal(isFrozen ? SIGSTOP : SIGCONT) }
    }

    /// Runs statements as its administrator; returns rows as lines with fields between tabs, without a heading.
    @discardableResult
    package func execute(_ sql: String, database: String = "postgres") async throws -> String {
        guard let psql = Self.program("psql") else { throw SystemFailure("psql", code: ENOENT) }
        return try await TestSupport.run(
            psql,
            [
                "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator=\t",
                "--set=ON_ERROR_STOP=1", "--host=\(directory.path("data"))", "--port=\(port)", "--username=postgres",
                "--dbname=\(database)", "--file=-",
            ], input: sql, environment: ["PATH": "/usr/bin:/bin", "PGCLIENTENCODING": "UTF8"])
    }

    private var serverArguments: [String] {
        let own = [
            "port=\(port)", "listen_addresses=127.0.0.1", "unix_socket_directories=\(directory.path("data"))",
            "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=200",
            "shared_buffers=16MB", "dynamic_shared_memory_type=mmap",
            // What a partner's own zone is must make no difference.
            "timezone=Pacific/Auckland",
        ]
        return ["-D", directory.path("data")] + (own + settings).flatMap { ["-c", $0] }
    }

    private static func makeTemplate() async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let data = directory.url.appending(path: "data", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(
            at: data, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        if geteuid() == 0 { try await TestSupport.run("chown", ["nobody", data.path]) }
        let (program, arguments) = try command(
            "initdb",
            [
                "-D", data.path, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync",
            ])
        try await TestSupport.run(program, arguments)
        // Over the network a password is asked for; each server adds how.
        try Data("local all all trust\n".utf8).write(to: data.appending(path: "pg_hba.conf"))
        return directory
    }

    private static func give(_ certificates: Certificates, to data: URL) async throws {
        let copies = [(certificates.serverCertificatePath, "server.pem"), (certificates.serverKeyPath, "server.key")]
        for (source, name) in copies {
            let path = data.appending(path: name).path
            try FileManager.default.copyItem(atPath: source, toPath: path)
            guard chmod(path, 0o600) == 0 else { throw SystemFailure("chmod \(path)") }
            if geteuid() == 0 { try await TestSupport.run("chown", ["nobody", path]) }
        }
    }

    private static func append(_ lines: [String], to file: URL) throws {
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
        try handle.close()
    }

    /// The server refuses to run as root; as root it runs as nobody, who is on every system.
    private static func command(_ name: String, _ arguments: [String]) throws -> (String, [String]) {
        guard let program = program(name) else { throw SystemFailure(name, code: ENOENT) }
        guard geteuid() == 0 else { return (program, arguments) }
        return ("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", program] + arguments)
    }

    /// Debian keeps the server's programs, one directory a version, off the search path.
    private static func program(_ name: String) -> String? {
        let home = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: home)) ?? []
        let newest = versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
        return newest.map { "\(home)/\($0)/bin/\(name)" }.first { access($0, X_OK) == 0 } ?? locate(name)
    }
}

extension PostgreSQLServer {
    /// Makes an empty database and its user, both with names that no other test has. What the administrator makes in
    /// it, the user may use.
    package func makeDatabase(
        password: String = randomWord(), grants: String = "ALL"
    ) async throws -> DatabaseAccount {
        let name = "t_" + randomWord()
        try await execute("CREATE ROLE \(name) LOGIN PASSWORD '\(password)';\nCREATE DATABASE \(name);\n")
        try await execute(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT \(grants) ON TABLES TO \(name);", database: name)
        return DatabaseAccount(database: name, username: name, password: password)
    }

    /// Makes a database that holds the partner schema (its dialect is taken as PostgreSQL) and rows.
    package func makePartner(
        _ schema: PartnerSchema = PartnerSchema(), rows: PartnerRows
    ) async throws -> DatabaseAccount {
        var schema = schema
        schema.dialect = .postgreSQL
        let account = try await makeDatabase()
        try await execute((schema.statements + rows.statements(for: schema)).joined(), database: account.database)
        return account
    }
}
