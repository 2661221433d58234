import Domain
import Logging

/// Drives every SSH tunnel of the process on one thread.
final class TunnelReactor: Sendable {
    /// Starts the thread. Throws if the system gives no descriptor or thread.
    init(logger: Logger) throws {
        fatalError("SSH helper")
    }

    /// Resolves, connects, checks the host key and logs in, in that order; tells each stage as it begins
    /// (`resolve`, `ssh-connect`, `ssh-host-key`, `ssh-auth`).
    ///
    /// Ends at once when cancelled, leaving nothing open. Throws `VisitError` of those stages.
    func open(
        _ login: SSHLogin, deadline: Deadline, progress: @escaping @Sendable (ConnectionStage) -> Void
    ) async throws(VisitError) -> Tunnel {
        fatalError("SSH helper")
    }

    /// Closes every tunnel and ends the thread; returns when it has ended. Later calls of `open` fail.
    func shutdown() async {
        fatalError("SSH helper")
    }
}
