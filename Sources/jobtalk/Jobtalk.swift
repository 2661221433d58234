import ArgumentParser
import Foundation

/// The switch: subcommands, configuration and wiring. It decides nothing about partners, traffic or requests.
@main
struct Jobtalk: AsyncParsableCommand {
    static let version = "1.0.0"

    static let configuration = CommandConfiguration(
        commandName: "jobtalk",
        abstract: "Watches the calling platforms of JobTalk's partners and changes their limits.",
        discussion: """
              jobtalk serve --demo    look around: a dozen pretend partners, nothing to set up
              jobtalk serve           serve your own
            """,
        version: version,
        subcommands: [Serve.self, UserCommand.self])

    /// A mistyped command line ends with the same exit code as any other fault of the configuration.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            let words = fullMessage(for: error).replacing("Error: ", with: "jobtalk: ", maxReplacements: 1)
            FileHandle.standardError.write(Data("\(words)\n".utf8))
            exit(withError: ExitCode(StartError.configuration([]).exitCode))
        }
    }
}
