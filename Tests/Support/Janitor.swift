import Foundation
import Synchronization

/// Outlives the test process for a moment to end what it left behind, however it ended.
///
/// A shell that reads from a pipe which only the test process holds open: when that closes, it kills the processes,
/// then removes the directories and logins that were not forgotten.
final class Janitor: Sendable {
    enum Duty: Sendable {
        case process(pid_t)
        case directory(String)
        case login(String)
    }

    static let shared = Janitor()

    private let pipe: Mutex<Int32>

    private static let script = """
        trap '' INT TERM HUP
        rest() { kept=; for one in $1; do [ "$one" = "$2" ] || kept="$kept $one"; done; echo "$kept"; }
        while read -r verb kind value; do
            case $verb-$kind in
                keep-process) processes="$processes $value" ;;
                drop-process) processes=$(rest "$processes" "$value") ;;
                keep-directory) directories="$directories $value" ;;
                drop-directory) directories=$(rest "$directories" "$value") ;;
                keep-login) logins="$logins $value" ;;
                drop-login) logins=$(rest "$logins" "$value") ;;
            esac
        done
        for process in $processes; do kill -KILL -$process $process 2>/dev/null; done
        for directory in $directories; do rm -rf -- "$directory"; done
        for login in $logins; do userdel --force "$login" 2>/dev/null; done
        """

    private init() {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 else {
            fatalError("\(SystemFailure("pipe"))")
        }
        do {
            _ = try spawn("/bin/sh", ["-c", Self.script], environment: nil, input: ends[0], output: 2)
        } catch {
            fatalError("cannot start the janitor: \(error)")
        }
        close(ends[0])
        pipe = Mutex(ends[1])
    }

    func remember(_ duty: Duty) { tell("keep", duty) }
    func forget(_ duty: Duty) { tell("drop", duty) }

    private func tell(_ verb: String, _ duty: Duty) {
        let line =
            switch duty {
            case .process(let id): "\(verb) process \(id)\n"
            case .directory(let path): "\(verb) directory \(path)\n"
            case .login(let name): "\(verb) login \(name)\n"
            }
        pipe.withLock { descriptor in
            _ = Array(line.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        }
    }
}
