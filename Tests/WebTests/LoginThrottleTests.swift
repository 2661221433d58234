import Domain
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Web

@Suite("Guessing passwords is slowed down")
struct LoginThrottleTests {
    private let clock = ManualClock()

    private func isClosed(_ throttle: LoginThrottle, _ username: String, _ address: String) -> Bool {
        do {
            try throttle.check(username, from: address)
            return false
        } catch {
            return true
        }
    }

    @Test("The tenth refusal closes the pair, and only it, until the first is 15 minutes old")
    func closesPair() throws {
        let throttle = LoginThrottle(clock: clock)
        for _ in 0..<10 {
            try throttle.check("admin", from: "192.0.2.1")
            try throttle.noteRefusal("admin", from: "192.0.2.1")
            clock.advance(by: .seconds(1))
        }
        let problem = #expect(throws: HTTPProblem.self) { try throttle.check("Admin", from: "192.0.2.1") }
        #expect(problem?.status == .tooManyRequests)
        #expect(problem?.headers[.retryAfter] == "890")
        #expect(!isClosed(throttle, "admin", "192.0.2.2"))
        #expect(!isClosed(throttle, "other", "192.0.2.1"))
        clock.advance(by: .seconds(889))
        #expect(isClosed(throttle, "admin", "192.0.2.1"))
        clock.advance(by: .seconds(1))
        #expect(!isClosed(throttle, "admin", "192.0.2.1"))
    }

    @Test("A hundred refusals close an address for every name")
    func closesAddress() throws {
        let throttle = LoginThrottle(clock: clock)
        for number in 0..<100 {
            #expect(!isClosed(throttle, "user\(number)", "192.0.2.1"))
            try throttle.noteRefusal("user\(number)", from: "192.0.2.1")
        }
        #expect(isClosed(throttle, "admin", "192.0.2.1"))
        #expect(!isClosed(throttle, "admin", "192.0.2.2"))
    }

    @Test(
        "Names that the store takes for one are one",
        arguments: [("admin", "ADMIN"), ("admin", "adm\u{131}n"), ("straße", "STRASSE"), ("jos\u{e9}", "jose\u{301}")])
    func foldsNames(_ name: String, _ variant: String) throws {
        let throttle = LoginThrottle(clock: clock)
        for turn in 0..<10 { try throttle.noteRefusal(turn.isMultiple(of: 2) ? name : variant, from: "192.0.2.1") }
        #expect(isClosed(throttle, name, "192.0.2.1"))
    }

    @Test("A success clears the pair")
    func clearsPair() throws {
        let throttle = LoginThrottle(clock: clock)
        for _ in 0..<9 { try throttle.noteRefusal("admin", from: "192.0.2.1") }
        throttle.succeeded("admin", from: "192.0.2.1")
        try throttle.noteRefusal("admin", from: "192.0.2.1")
        #expect(!isClosed(throttle, "admin", "192.0.2.1"))
    }

    @Test("Memory is bounded, and those who just failed are remembered")
    func forgetsTheQuiet() throws {
        let throttle = LoginThrottle(clock: clock, capacity: 100)
        for number in 0..<10_000 {
            try throttle.noteRefusal("user\(number)", from: "address\(number)")
            clock.advance(by: .milliseconds(1))
        }
        for _ in 0..<9 { try throttle.noteRefusal("user9999", from: "address9999") }
        #expect(isClosed(throttle, "user9999", "address9999"))
        #expect(throttle.rememberedKeys <= 200)
    }
}

@Suite("The quota of requests")
struct RequestQuotaTests {
    @Test("The request beyond the limit waits for the minute to end; other users do not")
    func limits() throws {
        let clock = ManualClock()
        let quota = RequestQuota(limit: 3, clock: clock)
        for _ in 0..<3 { try quota.spend(by: "one") }
        clock.advance(by: .seconds(20))
        let problem = #expect(throws: HTTPProblem.self) { try quota.spend(by: "one") }
        #expect(problem?.headers[.retryAfter] == "40")
        try quota.spend(by: "two")
        clock.advance(by: .seconds(40))
        try quota.spend(by: "one")
    }
}
