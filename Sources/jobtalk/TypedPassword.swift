import Domain
import Foundation

/// Passwords from standard input.
enum TypedPassword {
    /// No password is longer, whatever is at the other end.
    private static let longestLine = 1_024
    private static let controlC: UInt8 = 3

    /// Asks for it twice on the terminal, without showing what is typed.
    static func askTwice(for username: String) throws(StartError) -> Secret {
        let first = try hiddenLine("New password for “\(username)”: ")
        guard first == (try hiddenLine("The same once more: ")) else {
            throw .configuration(["the two passwords were not the same; nothing was changed"])
        }
        return first
    }

    /// What a script sends first, in however many pieces; it need not close its end for us to go on.
    static func firstLine() throws(StartError) -> Secret {
        var line = Data()
        do {
            while line.count < longestLine, let byte = try FileHandle.standardInput.read(upToCount: 1)?.first,
                byte != UInt8(ascii: "\n")
            {
                line.append(byte)
            }
        } catch {
            throw .environment("cannot read standard input: \(error.localizedDescription)")
        }
        return try text(line)
    }

    /// Control-C ends the line instead of the program, which would leave the terminal silent.
    private static func hiddenLine(_ prompt: String) throws(StartError) -> Secret {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { throw .environment("cannot ask on this terminal") }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
        hidden.c_lflag |= tcflag_t(ECHONL | ICANON)
        withUnsafeMutableBytes(of: &hidden.c_cc) { $0[Int(VEOL)] = controlC }
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else {
            throw .environment("cannot hide what is typed on this terminal")
        }
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
        FileHandle.standardError.write(Data(prompt.utf8))
        var line = [UInt8](repeating: 0, count: longestLine)
        var count = 0
        repeat { count = read(STDIN_FILENO, &line, line.count) } while count < 0 && errno == EINTR
        let typed = line.prefix(max(count, 0))
        guard typed.last != controlC else { throw .environment("stopped; nothing was changed") }
        return try text(Data(typed.prefix { $0 != UInt8(ascii: "\n") }))
    }

    private static func text(_ bytes: Data) throws(StartError) -> Secret {
        guard let text = String(data: bytes, encoding: .utf8) else {
            throw .configuration(["the password must be text in UTF-8"])
        }
        let line = text.hasSuffix("\r") ? String(text.dropLast()) : text
        guard !line.isEmpty else {
            throw .configuration([
                "no password was given: type one on a terminal, or use --random, --password-file, "
                    + "JOBTALK_USER_PASSWORD or standard input"
            ])
        }
        return Secret(line)
    }
}
