import ArgumentParser
import Foundation
import Store

/// Why the server did not start, or a command did not do its work; the description is for whoever started it.
enum StartError: Error, CustomStringConvertible {
    /// Each names the flag or variable and what it should be.
    case configuration([String])
    /// Something about this machine: a port, a directory, a key.
    case environment(String)

    /// 2: correct the configuration; 1: anything else.
    var exitCode: Int32 {
        switch self {
        case .configuration: 2
        case .environment: 1
        }
    }

    var description: String {
        switch self {
        case .configuration(let faults) where faults.count == 1: faults[0]
        case .configuration(let faults):
            "the configuration has \(faults.count) faults:\n" + faults.map { "  - \($0)" }.joined(separator: "\n")
        case .environment(let sentence): sentence
        }
    }

    /// Runs a command. What stops it is told on standard error, and decides the exit code.
    static func reported(_ command: () async throws -> Void) async throws {
        do {
            try await command()
        } catch let error as StartError {
            throw error.told()
        } catch let error as StoreError {
            throw StartError.environment("\(error)").told()
        }
    }

    private func told() -> ExitCode {
        FileHandle.standardError.write(Data("jobtalk: \(self)\n".utf8))
        return ExitCode(exitCode)
    }
}
