import ArgumentParser
import Foundation

/// `jobtalk serve`. Flags are taken as text, so that their faults are reported together with the environment's.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the console.",
        usage: "jobtalk serve [--demo] [options]",
        discussion: """
            Everything else is set in the environment by variables named JOBTALK_…, see README.md. A flag wins over \
            its variable.
            """)

    @Option(help: .init("The address to listen on (JOBTALK_HOST; default 127.0.0.1).", valueName: "address"))
    var host: String?

    @Option(help: .init("The port to listen on, 0 for any free one (JOBTALK_PORT; default 8080).", valueName: "number"))
    var port: String?

    @Option(
        help: .init(
            "Where everything is kept (JOBTALK_DATA_DIR; default ./data, in the demo ./demo-data).",
            valueName: "folder"))
    var dataDir: String?

    @Flag(help: "Serve pretend partners with moving traffic, on this machine only.")
    var demo = false

    @Option(help: .init("How many pretend partners (default 12).", valueName: "count"))
    var demoPartners: String?

    @Option(
        help: .init(
            "Read the page's files from here at each request, for those who work on them.", valueName: "folder"))
    var assets: String?

    func run() async throws {
        try await StartError.reported {
            let flags = Flags(
                host: host, port: port, dataDirectory: dataDir, isDemo: demo, demoPartners: demoPartners,
                assets: assets)
            let configuration = try Configuration.read(flags, ProcessInfo.processInfo.environment)
            try await Server(configuration).run()
        }
    }
}

/// The flags of `jobtalk serve` as they were typed.
struct Flags {
    var host: String?
    var port: String?
    var dataDirectory: String?
    var isDemo = false
    var demoPartners: String?
    var assets: String?
}
