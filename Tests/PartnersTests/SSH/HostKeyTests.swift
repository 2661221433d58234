import Domain
import TestSupport
import Testing

@testable import Partners

@Suite("Host keys", .needsSSHServer)
struct HostKeyTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    static func name(_ kind: SSHKeyPair.Kind) -> String {
        switch kind {
        case .ed25519: "ssh-ed25519"
        case .rsa: "ssh-rsa"
        case .ecdsa: "ecdsa-sha2-nistp256"
        }
    }

    @Test("Without a pin the tunnel tells the key it saw, as ssh-keygen prints it")
    func unpinned() async throws {
        let server = try await SSHServer.shared()
        let tunnel = try await bench.open(server)
        let fingerprint = try await server.fingerprint(.ed25519)
        #expect(tunnel.hostKey == HostKeyPin(keyType: "ssh-ed25519", fingerprint: fingerprint))
    }

    @Test("Each key of a server with several is accepted, with its type", arguments: SSHKeyPair.Kind.allCases)
    func typedPin(_ kind: SSHKeyPair.Kind) async throws {
        let server = try await SSHServer.shared()
        let pin = HostKeyPin(keyType: Self.name(kind), fingerprint: try await server.fingerprint(kind))
        let tunnel = try await bench.open(server, hostKey: pin)
        #expect(tunnel.hostKey == pin)
    }

    @Test("Each key of a server with several is accepted without its type", arguments: SSHKeyPair.Kind.allCases)
    func untypedPin(_ kind: SSHKeyPair.Kind) async throws {
        let server = try await SSHServer.shared()
        let fingerprint = try await server.fingerprint(kind)
        let tunnel = try await bench.open(server, hostKey: HostKeyPin(keyType: nil, fingerprint: fingerprint))
        #expect(tunnel.hostKey == HostKeyPin(keyType: Self.name(kind), fingerprint: fingerprint))
    }

    static let stranger = "SHA256:" + String(repeating: "A", count: 43)

    @Test(
        "Another key is refused by name before any credential is sent",
        arguments: [nil, "ssh-ed25519", "ssh-rsa", "no-such-type"])
    func changed(_ keyType: String?) async throws {
        let server = try await SSHServer.start(hostKeys: keyType == "ssh-rsa" ? [.ed25519] : [.ed25519, .rsa])
        let pin = HostKeyPin(keyType: keyType, fingerprint: Self.stranger)
        let error = await fault { () async throws(VisitError) in try await bench.open(server, hostKey: pin) }
        let shown = "ssh-ed25519 \(try await server.fingerprint(.ed25519))"
        #expect(error?.message == "SSH connection failed: Host key changed: expected \(pin) got \(shown)")
        #expect(error?.kind == .hostKey)
        #expect(error?.stage == .sshHostKey)
        await server.stop()
        #expect(server.log.contains("SSH2_MSG_KEXINIT received"))
        #expect(!server.log.contains("userauth-request"))
    }

    @Test("A server that got new keys of the same types has changed")
    func regenerated() async throws {
        let server = try await SSHServer.start()
        let pin = try await bench.open(server).hostKey
        try await server.makeHostKeys(SSHKeyPair.Kind.allCases)
        try await server.restart()
        let error = await fault { () async throws(VisitError) in try await bench.open(server, hostKey: pin) }
        #expect(error?.kind == .hostKey)
        await server.stop()
    }
}

@Suite("Which host key types to ask for")
struct HostKeySearchTests {
    static func pin(_ keyType: String?, _ letter: Character = "A") -> HostKeyPin {
        HostKeyPin(keyType: keyType, fingerprint: "SHA256:" + String(repeating: letter, count: 43))
    }

    @Test("A pinned type is asked for alone; RSA by its safe signatures")
    func typed() {
        #expect(HostKeySearch(pin: Self.pin("ssh-ed25519")).algorithms == "ssh-ed25519")
        #expect(HostKeySearch(pin: Self.pin("ssh-rsa")).algorithms == "rsa-sha2-512,rsa-sha2-256")
    }

    @Test("Another key of the pinned type ends the search")
    func typedChange() {
        var search = HostKeySearch(pin: Self.pin("ssh-ed25519"))
        let goesOn1 = search.reject(Self.pin("ssh-ed25519", "B"))
        #expect(!goesOn1)
        #expect(search.fault(nil).kind == .hostKey)
    }

    @Test("A pinned type that is gone is followed by one look at the others")
    func typeGone() {
        var search = HostKeySearch(pin: Self.pin("ssh-rsa"))
        let goesOn2 = search.rejectTypes()
        #expect(goesOn2)
        #expect(search.algorithms.hasPrefix("ssh-ed25519,"))
        #expect(!search.algorithms.contains("rsa"))
        let goesOn3 = search.reject(Self.pin("ssh-ed25519", "B"))
        #expect(!goesOn3)
    }

    @Test("Without a type every type is tried once, and the first key seen is named")
    func untyped() {
        var search = HostKeySearch(pin: Self.pin(nil))
        let shown = HostKeySearch.allTypes.map { Self.pin($0, "B") }
        let goesOn = shown.map { search.reject($0) }
        #expect(goesOn == [true, true, true, true, false])
        #expect(search.fault(nil).message.hasSuffix("got \(shown[0])"))
    }

    @Test("A server that has nothing in common with us has not changed its key")
    func nothingInCommon() {
        var search = HostKeySearch(pin: nil)
        let goesOn4 = search.rejectTypes()
        #expect(!goesOn4)
        #expect(search.fault(nil).kind == .ssh)
    }
}
