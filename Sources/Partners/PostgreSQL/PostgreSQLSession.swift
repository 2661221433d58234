import Domain

/// A login at a PostgreSQL server over which nothing can be written; each write has a connection of its own.
final class PostgreSQLSession: PartnerSession {
    typealias Connection = ServerSession<PostgreSQLHandle>

    private let reader: Connection
    private let openWriter: @Sendable (Deadline) async throws(VisitError) -> Connection

    init(reader: Connection, openWriter: @escaping @Sendable (Deadline) async throws(VisitError) -> Connection) {
        self.reader = reader
        self.openWriter = openWriter
    }

    var dialect: Dialect { reader.dialect }
    var serverVersion: String { reader.serverVersion }
    var isAlive: Bool { reader.isAlive }
    var ending: Ending? { reader.ending }

    func run<Value: Sendable>(
        _ purpose: Purpose, until deadline: Deadline,
        _ work: @escaping @Sendable (any StatementRunner) throws(DatabaseFailure) -> Value
    ) async throws(SessionError) -> Value {
        guard purpose == .writing else { return try await reader.run(purpose, until: deadline, work) }
        // A tunnel that has died is best replaced as a whole.
        guard isAlive else { throw .failed(.closed) }
        let writer: Connection
        do { writer = try await openWriter(deadline) } catch { throw .unreachable(error) }
        defer { writer.close() }
        return try await writer.run(purpose, until: deadline, work)
    }

    func close() { reader.close() }
}
