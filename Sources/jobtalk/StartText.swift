import Domain
import Foundation
import Logging

/// What is said on standard output at the start; everything later goes to the log.
struct StartText {
    let title: String
    let body: String

    var text: String { "\n  \(title)\n\n\(body)\n" }

    /// On a terminal the title stands out from the log's lines around it.
    func show() {
        let shown =
            isatty(STDOUT_FILENO) == 1
            ? text.replacing(title, with: "\u{1B}[1m\(title)\u{1B}[0m", maxReplacements: 1) : text
        FileHandle.standardOutput.write(Data(shown.utf8))
    }

    /// The one time that the made-up password is shown.
    static func firstPassword(_ password: Secret) -> StartText {
        StartText(
            title: "First start: the user “\(FirstAdmin.username)” was created with the password",
            body: """
                      \(password.clearText)

                  It is shown this once and kept nowhere in the clear: write it down, or change it after signing in.
                """)
    }

    /// Where it is, whose data it is, and what to try first.
    static func serving(_ configuration: Configuration, port: Int, directory: URL) -> StartText {
        let address = address(configuration.host, port)
        let facts = facts(configuration, directory).map { name, fact in
            "    \(name.padding(toLength: 10, withPad: " ", startingAt: 0))\(fact)"
        }
        let steps = firstSteps(configuration, address).enumerated().map { "    \($0 + 1). \($1)" }
        return StartText(
            title: "JobTalk Admin \(Jobtalk.version) is serving \(address)",
            body: (facts + ["", "  Try first"] + steps + [""]).joined(separator: "\n"))
    }

    private static func facts(_ configuration: Configuration, _ directory: URL) -> [(String, String)] {
        guard let count = configuration.demoPartners else {
            return [
                ("Sign in", "with your user name and password"),
                ("Data", directory.path),
                ("Stop", "Ctrl-C"),
            ]
        }
        let password = FirstAdmin.demoPassword.clearText
        return [
            ("Sign in", "\(FirstAdmin.username) / \(password)   (unless you changed it)"),
            ("Partners", "\(count) pretend partners; nothing here is real"),
            ("Data", directory.path),
        ]
            + (configuration.syncLogLevel == .error
                ? [("Log", "without visits; JOBTALK_LOG_LEVEL=info shows them")] : [])
            + [("Stop", "Ctrl-C")]
    }

    private static func firstSteps(_ configuration: Configuration, _ address: String) -> [String] {
        let own =
            configuration.isDemo
            ? [
                "Open a failing partner: its page says why it is not dialling, since when, and what to press.",
                "Press Ctrl-K, type a partner's name, and change its limit.",
                "Put \(address)/?wall=1 on a large screen.",
            ]
            : [
                "Add a partner: its connection is tested step by step before anything is saved.",
                "Look through Settings: how often partners are read, what raises an alert, when a day begins.",
            ]
        return own + ["Read about the API, and try it out, at \(address)/docs."]
    }

    /// An address that a browser on this machine can open.
    private static func address(_ host: String, _ port: Int) -> String {
        switch host {
        case "0.0.0.0", "::": "http://localhost:\(port)"
        case _ where host.contains(":"): "http://[\(host)]:\(port)"
        default: "http://\(host):\(port)"
        }
    }
}
