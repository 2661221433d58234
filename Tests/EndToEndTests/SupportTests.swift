import Foundation
import TestSupport
import Testing

/// The helpers keep their own promises; every other suite rests on them.
@Suite(.serialized) struct SupportTests {
    @Test("MariaDB starts, takes rows, and comes back on the same port with them", .needsMariaDB)
    func mariaDB() async throws {
        let server = try await MariaDBServer.start()
        let day = Date(timeIntervalSince1970: 1_730_900_000)
        let rows = PartnerRows.generated(seed: 1, around: day..<day + 86_400)
        let account = try await server.makePartner(rows: rows)
        #expect(try await server.execute("SELECT count(*) FROM calls", database: account.database) == "600\n")
        try await server.restart()
        #expect(try await server.execute("SELECT count(*) FROM calls", database: account.database) == "600\n")
        await server.stop()
    }

    @Test("The same rows go into a SQLite file")
    func sqlite() async throws {
        let directory = try TemporaryDirectory()
        let file = directory.url.appending(path: "partner.sqlite")
        let day = Date(timeIntervalSince1970: 1_730_900_000)
        let rows = PartnerRows.generated(seed: 1, around: day..<day + 86_400)
        try await SQLiteFile.makePartner(PartnerSchema(), rows: rows, at: file)
        #expect(try await SQLiteFile.execute("SELECT count(*) FROM calls", in: file) == "600\n")
    }

    @Test("sshd lets a key in that was authorized, and shows the host key that we know", .needsSSHServer)
    func sshd() async throws {
        let server = try await SSHServer.start()
        let key = try await SSHKeyPair.generate()
        try server.authorize(key)
        let directory = try TemporaryDirectory()
        let identity = try directory.write(key.privateKey, to: "key")
        let options = [
            "-p", "\(server.port)", "-i", identity, "-o", "StrictHostKeyChecking=accept-new", "-o",
            "UserKnownHostsFile=\(directory.path("known"))", "-o", "HostKeyAlgorithms=ssh-ed25519", "-o",
            "IdentitiesOnly=yes", "\(server.username)@127.0.0.1", "echo inside",
        ]
        #expect(try await run("ssh", ["-F", "none"] + options).contains("inside\n"))
        let known = try await run("ssh-keygen", ["-l", "-f", directory.path("known")])
        #expect(known.contains(try await server.fingerprint()))
        try await server.restart()
        #expect(try await run("ssh", ["-F", "none"] + options).contains("inside\n"))
        await server.stop()
    }

    @Test("A child that ignores SIGTERM is killed after its grace")
    func stubbornChild() async throws {
        let directory = try TemporaryDirectory()
        let child = try ChildProcess(
            "/bin/sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"],
            output: directory.url.appending(path: "output"))
        try await child.waitUntilReady { child.outputText == "ready\n" }
        #expect(await child.stop(grace: .milliseconds(50)) == .killed(signal: SIGKILL))
    }
}
