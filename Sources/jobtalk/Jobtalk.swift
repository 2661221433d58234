import ArgumentParser
import Foundation

/// The switch: subcommands, configuration and wiring. It decides nothing about partners, traffic or requests.
@main
struct Jobtalk: AsyncParsableCommand {
    static let version = "1.0.0"

    static let configuration = CommandConfiguration(
        commandName: "jobtalk",
        abstract: "Watches the calling platforms of JobTalk's partners and changes their limits.",
        version: version,
        subcommands: [Serve.self])
}
