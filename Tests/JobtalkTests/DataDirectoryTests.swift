import Domain
import Foundation
import Testing
import TestSupport

@testable import jobtalk

@Suite("The data directory")
struct DataDirectoryTests {
    let parent: TemporaryDirectory
    let url: URL

    init() throws {
        parent = try TemporaryDirectory()
        url = parent.url.appending(path: "deep/data")
    }

    @Test("It is made for its owner only, and tightened if it was open")
    func access() throws {
        try DataDirectory(at: url, isDemo: false).release()
        #expect(try mode(of: url) == 0o700)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
        try DataDirectory(at: url, isDemo: false).release()
        #expect(try mode(of: url) == 0o700)
    }

    @Test("A second server is refused while the first holds it, and welcome after")
    func oneAtATime() throws {
        let first = try DataDirectory(at: url, isDemo: false)
        #expect(refusal(isDemo: false)?.contains("another jobtalk is using \(url.path)") == true)
        first.release()
        #expect(refusal(isDemo: false) == nil)
    }

    @Test("Real data and demo data never meet", arguments: [true, false])
    func neverMixed(isDemo: Bool) throws {
        try DataDirectory(at: url, isDemo: isDemo).release()
        try fill("jobtalk.sqlite")
        #expect(refusal(isDemo: isDemo) == nil)
        #expect(refusal(isDemo: !isDemo)?.contains(isDemo ? "holds demo data" : "holds real data") == true)
    }

    @Test("A directory that holds something else is left alone")
    func foreign() throws {
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try fill("thesis.txt")
        #expect(refusal(isDemo: false)?.contains("holds files that are not JobTalk's") == true)
        #expect(refusal(isDemo: true)?.contains("holds files that are not JobTalk's") == true)
        #expect(try mode(of: url) == 0o755)
        #expect(try FileManager.default.contentsOfDirectory(atPath: url.path) == ["thesis.txt"])
    }

    @Test("A restored copy is real data once it is said to be JobTalk's")
    func restored() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try fill("jobtalk.sqlite")
        try fill("jobtalk.lock")
        #expect(refusal(isDemo: true) != nil)
        #expect(refusal(isDemo: false) == nil)
    }

    @Test("A kept key is random, stays the same, and is readable by its owner only")
    func keptKey() throws {
        let directory = parent.url
        let key = try KeptKey.key("a.key", in: directory, unless: nil)
        #expect(try KeptKey.key("a.key", in: directory, unless: nil) == key)
        #expect(try KeptKey.key("b.key", in: directory, unless: nil) != key)
        #expect(Data(base64Encoded: key.clearText)?.count == 32)
        #expect(try mode(of: directory.appending(path: "a.key")) == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["a.key", "b.key"])
    }

    @Test("A given key is used and none is kept")
    func givenKey() throws {
        #expect(try KeptKey.key("a.key", in: parent.url, unless: Secret("given")) == Secret("given"))
        #expect(!FileManager.default.fileExists(atPath: parent.path("a.key")))
    }

    @Test("A draft that a crash left behind does not become the key, and a cut one is refused")
    func damagedKey() throws {
        try parent.write("half", to: "a.key.new")
        let key = try KeptKey.key("a.key", in: parent.url, unless: nil)
        #expect(key.clearText.count == 44)
        try parent.write("half", to: "a.key")
        #expect(throws: StartError.self) { try KeptKey.key("a.key", in: parent.url, unless: nil) }
    }

    private func refusal(isDemo: Bool) -> String? {
        do throws(StartError) {
            try DataDirectory(at: url, isDemo: isDemo).release()
            return nil
        } catch {
            #expect(error.exitCode == 1)
            return error.description
        }
    }

    private func fill(_ name: String) throws {
        try Data().write(to: url.appending(path: name))
    }

    private func mode(of url: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }
}
