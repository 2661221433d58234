import Domain
import Foundation
import Synchronization
import Testing

@testable import Partners

@Suite("Warm connections")
struct WarmConnectionsTests {
    /// A session that only knows whether it was closed.
    private final class Session: PartnerSession {
        let dialect = Dialect.sqlite
        let serverVersion = ""
        let ending: Ending? = nil
        private let closed = Atomic(false)
        var isAlive: Bool { !closed.load(ordering: .sequentiallyConsistent) }
        func close() { closed.store(true, ordering: .sequentiallyConsistent) }

        func run<Value: Sendable>(
            _ purpose: Purpose, until deadline: Deadline,
            _ work: @escaping @Sendable (any StatementRunner) throws(DatabaseFailure) -> Value
        ) async throws(SessionError) -> Value {
            throw .failed(.closed)
        }
    }

    private func partner(_ id: String, revision: Int64 = 1) -> Partner {
        let database = DatabaseEndpoint(kind: .sqlite, host: "", port: 0, name: "x", username: "")
        return Partner(
            id: PartnerID(id), configuration: PartnerConfiguration(name: id, database: database), revision: revision,
            createdAt: .distantPast, updatedAt: .distantPast)
    }

    private func connection() -> PartnerConnection { PartnerConnection(session: Session()) }

    @Test("What is in use is neither warm nor given twice")
    func exclusive() throws {
        let warm = WarmConnections(limit: 10)
        let one = partner("a")
        warm.add(connection(), of: one)
        #expect(warm.has(one))
        let (taken, hasServed) = try #require(warm.take(one))
        #expect(!hasServed)
        #expect(!warm.has(one))
        #expect(warm.take(one) == nil)
        warm.giveBack(taken, of: one.id)
        #expect(warm.has(one))
        #expect(warm.take(one)?.hasServed == true)
    }

    @Test("Another revision or a dead session is not warm")
    func doubt() {
        let warm = WarmConnections(limit: 10)
        let connection = connection()
        warm.add(connection, of: partner("a"))
        #expect(!warm.has(partner("a", revision: 2)))
        #expect(warm.take(partner("a", revision: 2)) == nil)
        connection.session.close()
        #expect(!warm.has(partner("a")))
    }

    @Test("The least recently used go first, those in use never")
    func eviction() throws {
        let warm = WarmConnections(limit: 2)
        let connections = ["a", "b", "c", "d"].map { ($0, connection()) }
        warm.add(connections[0].1, of: partner("a"))
        warm.add(connections[1].1, of: partner("b"))
        let taken = try #require(warm.take(partner("a")))
        warm.add(connections[2].1, of: partner("c"))
        #expect(!connections[1].1.isAlive)
        warm.giveBack(taken.connection, of: PartnerID("a"))
        warm.add(connections[3].1, of: partner("d"))
        #expect(connections[0].1.isAlive)
        #expect(!connections[2].1.isAlive)
    }

    @Test("What is dropped in the middle of a call does not come back")
    func dropping() throws {
        let warm = WarmConnections(limit: 2)
        warm.add(connection(), of: partner("a"))
        let taken = try #require(warm.take(partner("a")))
        warm.drop(PartnerID("a"))
        #expect(!taken.connection.isAlive)
        warm.giveBack(taken.connection, of: PartnerID("a"))
        #expect(warm.take(partner("a")) == nil)
    }

    @Test("A new connection closes the one it replaces")
    func replacing() {
        let warm = WarmConnections(limit: 2)
        let old = connection()
        warm.add(old, of: partner("a"))
        warm.add(connection(), of: partner("a"))
        #expect(!old.isAlive)
        #expect(warm.has(partner("a")))
    }

    @Test("What was idle for too long is closed, what is in use is not")
    func idleness() throws {
        let warm = WarmConnections(limit: 10)
        let connections = ["a", "b"].map { ($0, connection()) }
        for (name, connection) in connections { warm.add(connection, of: partner(name)) }
        let rest = try #require(warm.closeIdle(after: .seconds(60)))
        #expect(rest <= .seconds(60))
        let taken = try #require(warm.take(partner("a")))
        #expect(warm.closeIdle(after: .zero) == .zero)
        #expect(connections[0].1.isAlive)
        #expect(!connections[1].1.isAlive)
        warm.giveBack(taken.connection, of: PartnerID("a"))
        #expect(warm.closeIdle(after: .zero) == nil)
        #expect(!connections[0].1.isAlive)
    }

    @Test("After shutting down nothing is kept")
    func shutdown() {
        let warm = WarmConnections(limit: 2)
        let (early, late) = (connection(), connection())
        warm.add(early, of: partner("a"))
        warm.shutdown()
        warm.add(late, of: partner("b"))
        #expect(!early.isAlive)
        #expect(!late.isAlive)
    }
}
