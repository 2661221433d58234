import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Partners

@Suite("Logging in to a bastion", .needsSSHServer)
struct LoginTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    @Test("A password logs in, and each stage is told once, in order")
    func password() async throws {
        let stages = Mutex<[ConnectionStage]>([])
        let tunnel = try await bench.open(try await .shared()) { stage in stages.withLock { $0.append(stage) } }
        #expect(tunnel.isAlive)
        #expect(stages.withLock { $0 } == [.resolve, .sshConnect, .sshHostKey, .sshAuth])
        await bench.reactor.shutdown()
        #expect(!tunnel.isAlive)
    }

    struct KeyCase: Sendable, CustomTestStringConvertible {
        let kind: SSHKeyPair.Kind
        let format: SSHKeyPair.Format
        let passphrase: String
        var testDescription: String { "\(kind) \(format) \(passphrase.isEmpty ? "plain" : "encrypted")" }
    }

    static let keyCases = SSHKeyPair.Kind.allCases.flatMap { kind in
        SSHKeyPair.Format.allCases.filter { kind != .ed25519 || $0 == .openSSH }.flatMap { format in
            ["", "open sésame"].map { KeyCase(kind: kind, format: format, passphrase: $0) }
        }
    }

    @Test("A private key of every kind logs in, with and without passphrase", arguments: keyCases)
    func privateKey(_ sample: KeyCase) async throws {
        let server = try await SSHServer.shared()
        let pair = try await SSHKeyPair.generate(sample.kind, passphrase: sample.passphrase, format: sample.format)
        try server.authorize(pair)
        let pasted = pair.privateKey.replacing("\n", with: "\r\n")
        let key = try await PrivateKey.parse(
            Secret(pasted), passphrase: sample.passphrase.isEmpty ? nil : Secret(sample.passphrase))
        let tunnel = try await bench.open(server, credential: .privateKey(key))
        #expect(tunnel.isAlive)
    }

    @Test("A bastion that asks for the password interactively gets it")
    func keyboardInteractive() async throws {
        let server = try await SSHServer.start(extraLines: Self.interactiveOnly)
        let tunnel = try await bench.open(server)
        #expect(tunnel.isAlive)
        await server.stop()
    }

    @Test("A wrong answer to an interactive bastion is a refused login")
    func wrongInteractivePassword() async throws {
        let server = try await SSHServer.start(extraLines: Self.interactiveOnly)
        let error = await fault { () async throws(VisitError) in
            try await bench.open(server, credential: .password(Secret("wrong")))
        }
        #expect(error?.message == "SSH connection failed: Authentication failed")
        #expect(error?.kind == .sshLogin)
        await server.stop()
    }

    static let interactiveOnly = ["UsePAM yes", "PasswordAuthentication no", "KbdInteractiveAuthentication yes"]

    @Test("A wrong password is a refused login, tried once")
    func wrongPassword() async throws {
        let server = try await SSHServer.start(hostKeys: [.ed25519])
        let error = await fault { () async throws(VisitError) in
            try await bench.open(server, credential: .password(Secret("wrong")))
        }
        #expect(error?.message == "SSH connection failed: Authentication failed")
        #expect(error?.kind == .sshLogin)
        #expect(error?.stage == .sshAuth)
        #expect(server.log.matches(of: /Failed password for/).count == 1)
        await server.stop()
    }

    @Test("A key that the bastion does not know is a refused login")
    func wrongKey() async throws {
        let pair = try await SSHKeyPair.generate()
        let key = try await PrivateKey.parse(Secret(pair.privateKey), passphrase: nil)
        let server = try await SSHServer.shared()
        let error = await fault { () async throws(VisitError) in
            try await bench.open(server, credential: .privateKey(key))
        }
        #expect(error?.message == "SSH connection failed: Authentication failed")
        #expect(error?.kind == .sshLogin)
    }
}

@Suite("Reading private keys")
struct PrivateKeyTests {
    @Test("A wrong passphrase is the passphrase's fault", arguments: SSHKeyPair.Format.allCases)
    func wrongPassphrase(_ format: SSHKeyPair.Format) async throws {
        let pair = try await SSHKeyPair.generate(.rsa, passphrase: "right one", format: format)
        await #expect(throws: FieldFault("sshConfig.passphrase", "does not open the private key")) {
            try await PrivateKey.parse(Secret(pair.privateKey), passphrase: Secret("wrong one"))
        }
    }

    @Test("A missing passphrase is asked for", arguments: SSHKeyPair.Format.allCases)
    func missingPassphrase(_ format: SSHKeyPair.Format) async throws {
        let pair = try await SSHKeyPair.generate(.rsa, passphrase: "right one", format: format)
        for passphrase in [nil, Secret("")] {
            await #expect(
                throws: FieldFault("sshConfig.passphrase", "is required, because the private key is encrypted")
            ) {
                try await PrivateKey.parse(Secret(pair.privateKey), passphrase: passphrase)
            }
        }
    }

    @Test("What is no private key is the key's fault", arguments: ["", "garbage", publicKey, cutKey])
    func garbage(_ text: String) async throws {
        await #expect(
            throws: FieldFault("sshConfig.privateKey", "is not a private key in PEM or OpenSSH format")
        ) {
            try await PrivateKey.parse(Secret(text), passphrase: nil)
        }
    }

    @Test("A key that takes minutes to decrypt costs its deadline and no more, or less when cancelled")
    func slowKey() async throws {
        let pair = try await SSHKeyPair.generate(.ed25519, passphrase: "open", format: .openSSH)
        let key = Secret(try #require(Self.withRounds(0x0400, in: pair.privateKey)))
        let late = await fault { () async throws(VisitError) in
            try await PrivateKey.parse(key, passphrase: Secret("open"), deadline: Deadline(within: .milliseconds(200)))
        }
        #expect(late?.message == "SSH connection failed: Timed out after 0.2 s")
        #expect(late?.kind == .timeout)
        #expect(late?.stage == .sshAuth)
        let reading = Task {
            await fault { () async throws(VisitError) in
                try await PrivateKey.parse(key, passphrase: Secret("open"), deadline: Deadline(within: .seconds(600)))
            }
        }
        reading.cancel()
        #expect(await reading.value?.message == "SSH connection failed: Cancelled")
    }

    /// The key's text with another number of bcrypt's rounds in it (`PROTOCOL.key`); `nil` if it has no such number.
    private static func withRounds(_ count: UInt16, in text: String) -> String? {
        let lines = text.split(separator: "\n")
        guard var data = Data(base64Encoded: lines.dropFirst().dropLast().joined()),
            let name = data.range(of: Data("bcrypt".utf8))
        else { return nil }
        // After the name: the length of the options, that of the salt, the salt of 16 bytes, the rounds.
        let rounds = name.upperBound + 4 + 4 + 16
        data.replaceSubrange(rounds..<rounds + 4, with: [0, 0, UInt8(count >> 8), UInt8(count & 0xff)])
        return "\(lines[0])\n\(data.base64EncodedString())\n\(lines[lines.count - 1])\n"
    }

    static let publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFakeFakeFakeFakeFakeFakeFakeFakeFakeFakeFake me"
    static let cutKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n"
}
