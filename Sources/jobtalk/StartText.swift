import Domain
import Foundation

/// What is said on standard output at the start; everything later goes to the log.
struct StartText {
    let text: String

    func show() {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// The one time that the made-up password is shown.
    static func firstPassword(_ password: Secret) -> StartText {
        StartText(
            text: """

                  First start: the user “\(FirstAdmin.username)” was created with the password

                      \(password.clearText)

                  It is shown this once and kept nowhere in the clear: write it down, or change it after signing in.
                """)
    }

    /// Where it is, whose data it is, and what to try first.
    static func serving(_ configuration: Configuration, port: Int, directory: URL) -> StartText {
        let address = address(configuration.host, port)
        let password = configuration.isDemo ? FirstAdmin.demoPassword.clearText : "…"
        let who =
            configuration.isDemo
            ? "  Demo data   \(configuration.demoPartners ?? 0) pretend partners; nothing here is real\n"
                + "  Sign in     admin / \(password) (unless you changed it)"
            : "  Sign in     with your user name and password"
        return StartText(
            text: """

                JobTalk Admin \(Jobtalk.version) is serving \(address)

                \(who)
                  Data        \(directory.path)
                  Stop        Ctrl-C

                  Try first
                    TOKEN=$(curl -s \(address)/api/auth/login -H 'Content-Type: application/json' \\
                      -d '{"username":"admin","password":"\(password)"}' | sed 's/.*"access_token":"\\([^"]*\\).*/\\1/')
                    curl -s -H "Authorization: Bearer $TOKEN" \(address)/api/dashboard/overview

                """)
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
