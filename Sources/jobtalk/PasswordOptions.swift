import ArgumentParser
import Domain
import Foundation

/// Where a command gets a new password from: never from its arguments, which every user of the machine can read.
struct PasswordOptions: ParsableArguments {
    static let explanation = """
        The password is asked for on a terminal. In a script it is the variable JOBTALK_USER_PASSWORD, the file that \
        --password-file or JOBTALK_USER_PASSWORD_FILE names, or else the first line of standard input.
        """

    @Flag(help: "Make up a password and print it, this once, on standard output.")
    var random = false

    @Option(help: "Take the password from this file.")
    var passwordFile: String?

    /// What is given already is checked at once, with all else that was given.
    func source(for username: String, _ source: inout ConfigurationSource) -> PasswordSource {
        if random {
            if passwordFile != nil {
                source.fault("--random", "does not go with --password-file; use only one of them")
            }
            return .madeUp
        }
        let file = passwordFile.flatMap { source.secret(inFile: $0, named: "--password-file") }
        guard let given = passwordFile == nil ? source.secret("JOBTALK_USER_PASSWORD") : file else { return .asked }
        source.check(given) { PasswordRules.fault(of: $0, username: username) }
        return .given(given.text)
    }
}

/// A new password, or the way to one.
enum PasswordSource {
    case given(Secret)
    case madeUp
    /// On the terminal, or else on standard input.
    case asked

    /// Throws `StartError.configuration` if what was typed will not do.
    func password(for username: String) throws(StartError) -> Secret {
        switch self {
        case .given(let password): return password
        case .madeUp: return RandomPassword.make()
        case .asked:
            let isTerminal = isatty(STDIN_FILENO) == 1
            let password = isTerminal ? try TypedPassword.askTwice(for: username) : try TypedPassword.firstLine()
            if let fault = PasswordRules.fault(of: password, username: username) {
                throw .configuration(["the password \(fault)"])
            }
            return password
        }
    }
}
