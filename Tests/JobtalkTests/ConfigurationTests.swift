import Domain
import Foundation
import Logging
import Testing
import TestSupport

@testable import jobtalk

@Suite("Configuration")
struct ConfigurationTests {
    @Test("Without flags and variables, everything has its default")
    func defaults() throws {
        let configuration = try Configuration.read(Flags(), ["PATH": "/bin"])
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8080)
        #expect(configuration.dataDirectory.lastPathComponent == "data")
        #expect(configuration.tokenLifetime == .seconds(8 * 3600))
        #expect(configuration.logLevel == .info)
        #expect(configuration.logFormat == .text)
        #expect(configuration.adminEmail == "admin@example.com")
        #expect(
            configuration.rateLimit == nil && configuration.corsOrigins == [] && configuration.trustedProxies.isEmpty)
        #expect(configuration.jwtSecret == nil && configuration.encryptionKey == nil && !configuration.isDemo)
        #expect(configuration.warnings == [])
    }

    @Test("Every variable is taken")
    func everyVariable() throws {
        let key = String(repeating: "k", count: 32)
        let configuration = try Configuration.read(
            Flags(),
            [
                "JOBTALK_HOST": "0.0.0.0", "JOBTALK_PORT": "9000", "JOBTALK_DATA_DIR": "/srv/jobtalk",
                "JOBTALK_ADMIN_PASSWORD": "correct horse", "JOBTALK_ADMIN_EMAIL": "ops@example.org",
                "JOBTALK_JWT_SECRET": key, "JOBTALK_ENCRYPTION_KEY": key + "2",
                "JOBTALK_CORS_ORIGINS": "https://a.example, http://b.example:8080",
                "JOBTALK_TRUSTED_PROXIES": "10.0.0.0/8,::1", "JOBTALK_RATE_LIMIT": "100", "JOBTALK_TOKEN_HOURS": "12",
                "JOBTALK_LOG_LEVEL": "DEBUG", "JOBTALK_LOG_FORMAT": "json",
            ])
        #expect(configuration.host == "0.0.0.0" && configuration.port == 9000)
        #expect(configuration.dataDirectory.path == "/srv/jobtalk")
        #expect(try configuration.adminPassword.get() == Secret("correct horse"))
        #expect(configuration.adminEmail == "ops@example.org")
        #expect(configuration.jwtSecret == Secret(key) && configuration.encryptionKey == Secret(key + "2"))
        #expect(configuration.corsOrigins == ["https://a.example", "http://b.example:8080"])
        #expect(configuration.trustedProxies.count == 2)
        #expect(configuration.rateLimit == 100 && configuration.tokenLifetime == .seconds(12 * 3600))
        #expect(configuration.logLevel == .debug && configuration.logFormat == .json)
        #expect(configuration.warnings == [])
    }

    @Test("A flag wins over its variable, and an empty variable is none")
    func precedence() throws {
        let flags = Flags(host: "::1", port: "0", dataDirectory: "/tmp/x")
        let environment = [
            "JOBTALK_HOST": "0.0.0.0", "JOBTALK_PORT": "no number", "JOBTALK_DATA_DIR": "/y", "JOBTALK_LOG_LEVEL": "",
        ]
        let configuration = try Configuration.read(flags, environment)
        #expect(configuration.host == "::1" && configuration.port == 0)
        #expect(configuration.dataDirectory.path == "/tmp/x")
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let value: String
        let sentence: String
        var testDescription: String { "\(name)=\(value)" }

        init(_ name: String, _ value: String, _ sentence: String) {
            self.name = name
            self.value = value
            self.sentence = sentence
        }
    }

    static let faults = [
        Fault("JOBTALK_HOST", "two words", "must not contain spaces"),
        Fault("JOBTALK_PORT", "65536", "must be a whole number from 0 to 65535"),
        Fault("JOBTALK_PORT", "-1", "must be a whole number from 0 to 65535"),
        Fault("JOBTALK_PORT", "80a", "must be a whole number from 0 to 65535"),
        Fault("JOBTALK_DATABASE_URL", "postgres://u:secret@h/d", "asks for PostgreSQL, which is not supported"),
        Fault("JOBTALK_DATABASE_URL", "sqlite:///x", "must be left out"),
        Fault("JOBTALK_ADMIN_EMAIL", "nobody", "must be an e-mail address"),
        Fault("JOBTALK_JWT_SECRET", String(repeating: "x", count: 31), "must be at least 32 characters long"),
        Fault("JOBTALK_ENCRYPTION_KEY", "short", "must be at least 32 characters long"),
        Fault("JOBTALK_CORS_ORIGINS", "https://a.example/", "must be origins such as"),
        Fault("JOBTALK_CORS_ORIGINS", "a.example", "must be origins such as"),
        Fault("JOBTALK_CORS_ORIGINS", ",", "must be origins such as"),
        Fault("JOBTALK_TRUSTED_PROXIES", "10.0.0.0/33", "must be addresses or blocks"),
        Fault("JOBTALK_TRUSTED_PROXIES", "proxy.example", "must be addresses or blocks"),
        Fault("JOBTALK_TRUSTED_PROXIES", "::ffff:10.0.0.0/8", "must be addresses or blocks"),
        Fault("JOBTALK_RATE_LIMIT", "0", "must be a whole number from 1 to 1000000"),
        Fault("JOBTALK_TOKEN_HOURS", "1.5", "must be a whole number from 1 to 720"),
        Fault("JOBTALK_LOG_LEVEL", "loud", "must be one of trace, debug, info"),
        Fault("JOBTALK_LOG_FORMAT", "xml", "must be one of text, json"),
        Fault("JOBTALK_JWT_SECRET_FILE", "/nowhere/at/all", "must name a readable text file"),
    ]

    @Test("A faulty variable is named with what it should be, and its value is not repeated", arguments: faults)
    func oneFault(_ fault: Fault) {
        let found = faultsOf([fault.name: fault.value])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("\(fault.name) \(fault.sentence)") == true)
        #expect(found.first?.contains("secret") == false)
    }

    @Test("All faults are reported together, in one error with exit code 2")
    func allFaults() {
        let environment = Dictionary(Self.faults.map { ($0.name, $0.value) }) { first, _ in first }
            .filter { !$0.key.hasSuffix("_FILE") }
        let found = faultsOf(environment)
        #expect(found.count == environment.count)
        let error = StartError.configuration(found)
        #expect(error.exitCode == 2)
        for name in environment.keys { #expect(error.description.contains("- \(name) ")) }
    }

    @Test("The page is read from a folder only if it is one, and for this machine only")
    func pageFolder() throws {
        let folder = try TemporaryDirectory()
        let flags = Flags(assets: folder.url.path)
        #expect(faultsOf([:], flags) == ["--assets must be a folder with an index.html"])
        try Data().write(to: folder.url.appending(path: "index.html"))
        #expect(try Configuration.read(flags, [:]).dashboardFolder?.path == folder.url.path)
        #expect(
            faultsOf(["JOBTALK_HOST": "0.0.0.0"], flags)
                == ["--assets serves this machine only: --host must be 127.0.0.1, ::1 or localhost"])
    }

    @Test("A flag at fault is named as it was typed")
    func faultyFlag() {
        #expect(faultsOf([:], Flags(port: "x")) == ["--port must be a whole number from 0 to 65535"])
    }

    @Test("A variable that JobTalk does not know is a warning that names it")
    func unknownVariable() throws {
        let configuration = try Configuration.read(Flags(), ["JOBTALK_PROT": "9000", "OTHER": "x"])
        #expect(configuration.warnings == ["JOBTALK_PROT is not a variable of JobTalk and has no effect"])
    }

    @Test("A secret may come from a file, without the line break at its end")
    func secretFromFile() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(String(repeating: "s", count: 40) + "\n", to: "key")
        let configuration = try Configuration.read(Flags(), ["JOBTALK_ENCRYPTION_KEY_FILE": path])
        #expect(configuration.encryptionKey == Secret(String(repeating: "s", count: 40)))
        #expect(configuration.warnings == [])
    }

    @Test("A secret that is given both ways is a fault")
    func secretTwice() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("correct horse", to: "key")
        let found = faultsOf(["JOBTALK_JWT_SECRET": "correct horse", "JOBTALK_JWT_SECRET_FILE": path])
        #expect(found == ["JOBTALK_JWT_SECRET_FILE and JOBTALK_JWT_SECRET are both set; set only one of them"])
    }

    @Test(
        "What is wrong with the first password is kept until somebody asks for it",
        arguments: [
            ("JOBTALK_ADMIN_PASSWORD", "1234567", "must be 8 to 128 characters long"),
            ("JOBTALK_ADMIN_PASSWORD", "password123", "is one of the most used passwords"),
            ("JOBTALK_ADMIN_PASSWORD_FILE", "/nowhere/at/all", "must name a readable text file"),
        ])
    func firstPassword(_ name: String, _ value: String, _ sentence: String) throws {
        let configuration = try Configuration.read(Flags(), [name: value])
        let error = #expect(throws: StartError.self) { try configuration.adminPassword.get() }
        #expect(error?.exitCode == 2)
        #expect(error?.description.hasPrefix("\(name) \(sentence)") == true)
    }

    @Test("The demo has its own directory and a dozen partners")
    func demo() throws {
        let configuration = try Configuration.read(Flags(isDemo: true), [:])
        #expect(configuration.demoPartners == 12)
        #expect(configuration.dataDirectory.lastPathComponent == "demo-data")
        #expect(try Configuration.read(Flags(isDemo: true, demoPartners: "1000"), [:]).demoPartners == 1000)
    }

    @Test(
        "The demo listens on this machine only",
        arguments: [
            ("127.0.0.1", true), ("127.1.2.3", true), ("::1", true), ("localhost", true), ("0.0.0.0", false),
            ("::", false), ("192.168.1.5", false), ("127.0.0.1.example.com", false), ("127.evil.example", false),
        ])
    func demoHost(_ host: String, isAllowed: Bool) {
        #expect(faultsOf([:], Flags(host: host, isDemo: true)).isEmpty == isAllowed)
    }

    @Test("The number of pretend partners is checked, and is nothing without the demo")
    func demoPartners() {
        #expect(faultsOf([:], Flags(isDemo: true, demoPartners: "11")).count == 1)
        #expect(faultsOf([:], Flags(demoPartners: "12")) == ["--demo-partners goes with --demo only"])
    }

    private func faultsOf(_ environment: [String: String], _ flags: Flags = Flags()) -> [String] {
        do throws(StartError) {
            _ = try Configuration.read(flags, environment)
            return []
        } catch {
            guard case .configuration(let faults) = error else { return ["not a fault of configuration: \(error)"] }
            return faults
        }
    }
}
