import Domain
import Foundation
import Store
import TestSupport
import Testing

@testable import jobtalk

/// The program itself, on the data that a server left behind.
@Suite("jobtalk user")
struct UserCommandTests {
    private static let key = "a key of the tests that is long enough"
    let directory: TemporaryDirectory
    private let hasher = PasswordHasher()

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("A user is added with a password from a variable, a file or standard input, and listed")
    func adds() async throws {
        try await serveOnce()
        let variable = try await user(
            ["add", "zoe", "--email", "zoe@example.com", "--role", "Admin"], ["JOBTALK_USER_PASSWORD": "correct horse"])
        #expect(variable.ending == .exited(0), "\(variable.text)")
        #expect(variable.text == "The user “zoe” was created with the role ADMIN.\n")
        let file = try directory.write("battery staple\n", to: "password")
        let named = try await user(["add", "bob", "--email", "bob@example.com", "--password-file", file])
        #expect(named.text == "The user “bob” was created with the role VIEWER.\n")
        let piped = try await user(["add", "eve", "--email", "e@x"], input: "correct horse\r\nnot this\n")
        #expect(piped.ending == .exited(0), "\(piped.text)")

        let list = try await user(["list"])
        #expect(list.ending == .exited(0))
        let lines = list.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.map(\.first) == ["USERNAME", "admin", "bob", "eve", "zoe"])
        #expect(lines[2].prefix(5) == ["bob", "VIEWER", "yes", "bob@example.com", "never"])
        let columns = list.text.split(separator: "\n").map { $0.range(of: "ADMIN")?.lowerBound.utf16Offset(in: $0) }
        #expect(columns[1] == columns[4] && columns[1] == 10)

        try await stored { store in
            for (name, password) in [("zoe", "correct horse"), ("bob", "battery staple"), ("eve", "correct horse")] {
                let user = try #require(try await store.user(named: name))
                #expect(try await hasher.verify(Secret(password), against: user.passwordHash), "\(name)")
            }
        }
    }

    @Test("A lost password is replaced by one that is made up and printed, and older tokens die")
    func resets() async throws {
        try await serveOnce()
        let before = try await stored { try await $0.user(named: "admin")?.user.generation }
        let reset = try await user(["reset-password", "ADMIN", "--random"])
        #expect(reset.ending == .exited(0))
        let lines = reset.text.split(separator: "\n").map(String.init)
        #expect(lines.first == "The user “admin” has a new password.")
        let password = try #require(lines.last)
        #expect(password.count == 23)
        try await stored { store in
            let admin = try #require(try await store.user(named: "admin"))
            #expect(try await hasher.verify(Secret(password), against: admin.passwordHash))
            #expect(admin.user.generation == before.map { $0 + 1 })
        }
    }

    @Test("A deactivated user gets in again only with --activate")
    func activates() async throws {
        try await serveOnce()
        try await stored { store in
            let id = try #require(try await store.user(named: "admin")).user.id
            _ = try await store.update(id, with: UserPatch(username: "root"))
            let other = User(
                id: "other", username: "bob", email: "b@x", role: .admin, isActive: false, generation: 1,
                lastLogin: nil, createdAt: Date())
            try await store.create(other, passwordHash: "")
        }
        let password = ["JOBTALK_USER_PASSWORD": "correct horse"]
        #expect(try await user(["reset-password", "bob"], password).text.contains("add --activate"))
        #expect(try await stored { try await $0.user(named: "bob")?.user.isActive } == false)
        #expect(try await user(["reset-password", "bob", "--activate"], password).text.contains("--activate") == false)
        #expect(try await stored { try await $0.user(named: "bob")?.user.isActive } == true)
    }

    @Test("What was typed or set wrongly ends with 2, is told at once, and changes nothing")
    func refusesFaults() async throws {
        try await serveOnce()
        let short = ["JOBTALK_USER_PASSWORD": "short"]
        let steps: [([String], [String: String], String?, [String])] = [
            (
                ["add", "a b", "--email", "nobody", "--role", "root"], short, nil,
                ["the user name", "--email", "--role", "JOBTALK_USER_PASSWORD"]
            ),
            (["add", "bob", "--email", "b@x"], [:], nil, ["no password was given"]),
            (["add", "bob", "--email", "b@x"], [:], "short\n", ["the password must be"]),
            (["add", "bob", "--email", "b@x"], [:], "Bob", []),
            (["add", "bob"], [:], nil, ["--email"]),
            (["reset-password", "admin", "--password-file", "/nowhere"], [:], nil, ["--password-file"]),
            (["reset-password", "admin", "--random", "--password-file", "/x"], [:], nil, ["--random"]),
            (["reset-password", "admin", "correct horse"], [:], nil, ["Unexpected argument"]),
            (["list", "--prot", "1"], [:], nil, ["--prot"]),
        ]
        for (arguments, environment, input, words) in steps {
            let run = try await user(arguments, environment, input: input)
            #expect(run.ending == .exited(2), "\(arguments): \(run.text)")
            for word in words { #expect(run.text.contains(word), "\(arguments): \(run.text)") }
            #expect(!run.text.contains("short"))
        }
        #expect(try await stored { try await $0.users().map(\.username) } == ["admin"])
    }

    @Test("What cannot be done on this data ends with 1")
    func refusesState() async throws {
        let nowhere = try await user(["list"])
        #expect(nowhere.ending == .exited(1))
        #expect(nowhere.text.contains("holds no data of JobTalk"))
        #expect(!FileManager.default.fileExists(atPath: directory.path("data")))

        try await serveOnce()
        let password = ["JOBTALK_USER_PASSWORD": "correct horse"]
        let taken = try await user(["add", "ADMIN", "--email", "a@x"], password)
        #expect(taken.ending == .exited(1))
        #expect(taken.text.contains("there is a user named “ADMIN” already"))
        let unknown = try await user(["reset-password", "bob"], password)
        #expect(unknown.ending == .exited(1))
        #expect(unknown.text.contains("there is no user named “bob”"))
        let wrongKey = try await user(
            ["list"], ["JOBTALK_ENCRYPTION_KEY": "another key of the tests that is long enough"])
        #expect(wrongKey.ending == .exited(1))
        #expect(wrongKey.text.contains("JOBTALK_ENCRYPTION_KEY must be the one that was used before"))
        let noKey = try await user(["list"], ["JOBTALK_ENCRYPTION_KEY": ""])
        #expect(noKey.ending == .exited(2))
        #expect(!FileManager.default.fileExists(atPath: directory.path("data/encryption.key")))
    }

    @Test("While a server runs, every command refuses and changes nothing")
    func refusesRunning() async throws {
        let server = try await serve()
        for arguments in [["list"], ["add", "bob", "--email", "b@x"], ["reset-password", "admin"]] {
            let run = try await user(arguments, ["JOBTALK_USER_PASSWORD": "correct horse"])
            #expect(run.ending == .exited(1))
            #expect(run.text.contains("a server is running on"), "\(run.text)")
        }
        await server.stop()
        #expect(try await stored { try await $0.users().count } == 1)
    }

    @Test("A script's first line is the password, in however many pieces it comes, and though the script goes on")
    func listens() async throws {
        try await serveOnce()
        let pipe = directory.path("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        // Open for both directions, so that neither side waits for the other.
        let script = FileHandle(fileDescriptor: open(pipe, O_RDWR | O_CLOEXEC), closeOnDealloc: true)
        let child = try start(["reset-password", "admin"], input: pipe)
        try script.write(contentsOf: Data("battery st".utf8))
        try await Task.sleep(for: .milliseconds(500))
        try script.write(contentsOf: Data("aple\nand more".utf8))
        _ = try await eventually(within: .seconds(60), "the end of the command") { child.isRunning ? nil : true }
        #expect(await child.ending() == .exited(0), "\(child.outputText)")
        try await stored { store in
            let admin = try #require(try await store.user(named: "admin"))
            #expect(try await hasher.verify(Secret("battery staple"), against: admin.passwordHash))
        }
    }

    @Test("On a terminal the password is asked for twice and never shown")
    func asks() async throws {
        try await serveOnce()
        let terminal = try Terminal()
        let child = try start(["reset-password", "admin"], input: terminal.path)
        try await child.waitUntilReady { child.outputText.contains("New password for “admin”: ") }
        try terminal.type("battery staple\n")
        try await child.waitUntilReady { child.outputText.contains("The same once more: ") }
        try terminal.type("battery staple\n")
        #expect(await child.ending() == .exited(0), "\(child.outputText)")
        #expect(!terminal.shown().contains("battery"))
        #expect(!child.outputText.contains("battery"))
        #expect(terminal.echoes)
        try await stored { store in
            let admin = try #require(try await store.user(named: "admin"))
            #expect(try await hasher.verify(Secret("battery staple"), against: admin.passwordHash))
        }
    }

    @Test(
        "A slip, Control-C or Control-D on the terminal changes nothing and leaves it as it was",
        arguments: [("other words\n", 2, "not the same"), ("\u{3}", 1, "stopped"), ("\u{4}", 2, "no password")])
    func asksInVain(_ second: String, _ code: Int32, _ words: String) async throws {
        try await serveOnce()
        let terminal = try Terminal()
        let child = try start(["reset-password", "admin"], input: terminal.path)
        try await child.waitUntilReady { child.outputText.contains("New password for “admin”: ") }
        try terminal.type("battery staple\n")
        try await child.waitUntilReady { child.outputText.contains("The same once more: ") }
        try terminal.type(second)
        #expect(await child.ending() == .exited(code))
        #expect(child.outputText.contains(words), "\(child.outputText)")
        #expect(terminal.echoes)
        #expect(try await stored { try await $0.user(named: "admin")?.user.generation } == 1)
    }

    /// Runs a server once, so that there are data.
    private func serveOnce() async throws {
        await (try await serve()).stop()
    }

    private func serve() async throws -> ChildProcess {
        let server = try launch(
            ["serve", "--port", "0", "--data-dir", directory.path("data")],
            ["JOBTALK_ADMIN_PASSWORD": "correct horse", "JOBTALK_ENCRYPTION_KEY": Self.key])
        try await server.waitUntilReady { server.outputText.contains("Try first") }
        return server
    }

    private func user(
        _ arguments: [String], _ environment: [String: String] = [:], input: String? = nil
    ) async throws -> (ending: ChildProcess.Ending, text: String) {
        let file = try input.map { try directory.write($0, to: UUID().uuidString) }
        let child = try start(arguments, environment, input: file)
        return (await child.ending(), child.outputText)
    }

    private func start(
        _ arguments: [String], _ environment: [String: String] = [:], input: String? = nil
    ) throws -> ChildProcess {
        let own = ["JOBTALK_ENCRYPTION_KEY": Self.key, "JOBTALK_DATA_DIR": directory.path("data")]
        return try launch(["user"] + arguments, own.merging(environment) { $1 }, input: input)
    }

    private func launch(
        _ arguments: [String], _ environment: [String: String], input: String? = nil
    ) throws -> ChildProcess {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let binary = URL(filePath: program).deletingLastPathComponent().appending(path: "jobtalk").path
        return try ChildProcess(
            binary, arguments, environment: environment, input: input.map { URL(filePath: $0) },
            output: directory.url.appending(path: UUID().uuidString))
    }

    /// Looks into the data that no process holds now.
    private func stored<Value: Sendable>(_ look: (AdminStore) async throws -> Value) async throws -> Value {
        let store = try await AdminStore.open(
            directory: URL(filePath: directory.path("data")), encryptionKey: Secret(Self.key))
        do {
            let value = try await look(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }
}

/// A terminal at which the test sits.
private final class Terminal {
    let path: String
    private let keyboard: Int32
    /// Held open, so that the terminal is there before and after the program.
    private let screen: Int32

    init() throws {
        keyboard = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (unlocked, number): (Int32, UInt32) = (0, 0)
        // TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>, which Swift does not import.
        guard keyboard >= 0, ioctl(keyboard, 0x4004_5431, &unlocked) == 0, ioctl(keyboard, 0x8004_5430, &number) == 0
        else { throw POSIXError(.ENOTTY) }
        path = "/dev/pts/\(number)"
        screen = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard screen >= 0 else { throw POSIXError(.ENOTTY) }
    }

    deinit {
        close(screen)
        close(keyboard)
    }

    /// Whether it shows what is typed.
    var echoes: Bool {
        var settings = termios()
        return tcgetattr(screen, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    func type(_ text: String) throws {
        guard write(keyboard, text, text.utf8.count) == text.utf8.count else { throw POSIXError(.EIO) }
    }

    /// What it has shown so far.
    func shown() -> String {
        _ = fcntl(keyboard, F_SETFL, O_NONBLOCK)
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(keyboard, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}
