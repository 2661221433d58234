/// A server that does as it is told, however odd, and remembers what clients say.
protocol ScriptedServer: Sendable {
    /// On which it listens, of 127.0.0.1.
    var port: Int { get }
    /// All that clients have sent.
    var received: [UInt8] { get }
}
