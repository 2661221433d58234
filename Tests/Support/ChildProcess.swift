package import Foundation
import Synchronization

/// A program started by a test; it is killed with the test process at the latest.
///
/// Waiting for it happens on a thread of its own, never on the cooperative pool.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum Ending: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    package let id: pid_t
    /// The file that receives standard output and standard error.
    package let output: URL
    private let state = Mutex(State.running([]))

    private enum State {
        case running([CheckedContinuation<Ending, Never>])
        case ended(Ending)
    }

    /// Starts a program with the given environment (`nil`: ours). `input` is a file; without one it reads nothing.
    package init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String]? = nil, input: URL? = nil,
        output: URL
    ) throws {
        let source = open(input?.path ?? "/dev/null", O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw SystemFailure(input?.path ?? "/dev/null") }
        defer { close(source) }
        let sink = open(output.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard sink >= 0 else { throw SystemFailure(output.path) }
        defer { close(sink) }
        self.output = output
        id = try spawn(executable, arguments, environment: environment, input: source, output: sink)
        Janitor.shared.remember(.process(id))
        Thread.detachNewThread { self.reap() }
    }

    /// Waits until it has ended.
    package func ending() async -> Ending {
        await withCheckedContinuation { waiter in
            let known: Ending? = state.withLock { state in
                switch state {
                case .ended(let ending): return ending
                case .running(let others):
                    state = .running(others + [waiter])
                    return nil
                }
            }
            if let known { waiter.resume(returning: known) }
        }
    }

    package var isRunning: Bool {
        state.withLock { if case .running = $0 { true } else { false } }
    }

    /// Sends a signal to the process, unless it has ended.
    package func signal(_ number: Int32) {
        state.withLock { if case .running = $0 { Glibc.kill(id, number) } }
    }

    /// Asks it to end with SIGTERM and, once `grace` has passed, ends its whole group with SIGKILL.
    @discardableResult
    package func stop(grace: Duration = .seconds(10)) async -> Ending {
        signal(SIGTERM)
        let reminder = Task {
            try await Task.sleep(for: grace)
            killGroup()
        }
        defer { reminder.cancel() }
        return await ending()
    }

    /// Ends it and its group with SIGKILL, at once.
    @discardableResult
    package func kill() async -> Ending {
        killGroup()
        return await ending()
    }

    /// Waits until `condition` holds; throws with the end of its output if it ends first or `limit` passes.
    package func waitUntilReady(
        within limit: Duration = .seconds(30), _ condition: @Sendable () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while try await !condition() {
            guard isRunning, ContinuousClock.now < deadline else { throw NotReady(program: id, output: outputText) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Everything it has written so far; bytes that are not UTF-8 are replaced.
    package var outputText: String {
        guard let data = FileManager.default.contents(atPath: output.path) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    private func killGroup() {
        state.withLock { if case .running = $0 { Glibc.kill(-id, SIGKILL) } }
    }

    private func reap() {
        // The process stays a zombie, and its id ours, until the lock is held: no signal ever reaches a stranger.
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        let (ending, waiters): (Ending, [CheckedContinuation<Ending, Never>]) = state.withLock { state in
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0 && errno == EINTR {}
            let signal = status & 0x7f
            let ending = signal == 0 ? Ending.exited((status >> 8) & 0xff) : .killed(signal: signal)
            guard case .running(let waiters) = state else { return (ending, []) }
            state = .ended(ending)
            return (ending, waiters)
        }
        Janitor.shared.forget(.process(id))
        waiters.forEach { $0.resume(returning: ending) }
    }
}

/// A started program did not become ready in time; says what it wrote.
package struct NotReady: Error, CustomStringConvertible {
    package let description: String

    init(program: pid_t, output: String) {
        description = "process \(program) is not ready; it wrote:\n\(output.suffix(4_000))"
    }
}

/// Runs a program to its end and returns what it wrote, standard error included; any exit code but 0 throws.
@discardableResult
package func run(
    _ executable: String, _ arguments: [String], input: String? = nil, environment: [String: String]? = nil
) async throws -> String {
    let directory = try TemporaryDirectory()
    let file = try input.map { URL(filePath: try directory.write($0, to: "input")) }
    let output = directory.url.appending(path: "output")
    let child = try ChildProcess(executable, arguments, environment: environment, input: file, output: output)
    let ending = await child.ending()
    guard ending == .exited(0) else {
        throw ToolFailure(program: executable, ending: ending, output: child.outputText)
    }
    return child.outputText
}

/// A program ended with anything but success.
package struct ToolFailure: Error, CustomStringConvertible {
    package let program: String
    package let ending: ChildProcess.Ending
    package let output: String
    package var description: String { "\(program) \(ending): \(output.suffix(2_000))" }
}

/// The path of a program; looks in the search path and the system's own directories.
package func locate(_ program: String) -> String? {
    let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let directories =
        search.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin", "/sbin", "/usr/libexec"]
    return directories.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
}
