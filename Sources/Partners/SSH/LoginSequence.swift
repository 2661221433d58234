import CSSH
import Domain

/// From a connected socket to a login: key exchange, host key, then one credential, in that order and never another.
final class LoginSequence {
    enum Verdict {
        case pending
        case loggedIn(HostKeyPin)
        case ended(Result<Handshake.Outcome, VisitError>)
    }

    private enum Step {
        case keyExchange
        case password(Secret)
        case interactive(Secret, hasAnswered: Bool)
        case privateKey(PrivateKey)
    }

    let handshake: Handshake
    private let session: SSHSession
    private var step = Step.keyExchange
    private var greeting = Greeting()
    private var hostKey: HostKeyPin?

    init(_ handshake: Handshake, over session: SSHSession) {
        self.handshake = handshake
        self.session = session
    }

    /// Goes as far as the bytes at hand allow.
    func advance() -> Verdict {
        while true {
            let verdict =
                switch step {
                case .keyExchange: exchangeKeys()
                case .password(let password): tryPassword(password)
                case .interactive(let password, let hasAnswered): answer(password, hasAnswered: hasAnswered)
                case .privateKey(let key): judge(ssh_userauth_publickey(session.raw, nil, key.handle))
                }
            if let verdict { return verdict }
        }
    }

    /// What to say when the deadline passes now.
    func lateFault() -> VisitError {
        guard case .keyExchange = step else {
            return SSHFault.timeout(handshake.deadline, stage: .sshAuth, blaming: .bastion)
        }
        guard greeting.isForeign else {
            return SSHFault.timeout(handshake.deadline, stage: .sshConnect, blaming: .bastion)
        }
        return SSHFault.handshake(HandshakeEnd(greeting: greeting, detail: "no SSH greeting"))
    }

    private func exchangeKeys() -> Verdict? {
        if greeting.text.isEmpty { greeting.text = session.peek() }
        switch session.connect() {
        case SSH_AGAIN: return .pending
        case SSH_OK: return checkHostKey()
        default:
            let end = HandshakeEnd(greeting: greeting, detail: session.errorText)
            return .ended(
                end.isOurRefusal
                    ? .success(.noCommonKeyType(end)) : .failure(SSHFault.handshake(end)))
        }
    }

    private func checkHostKey() -> Verdict? {
        handshake.progress(.sshHostKey)
        guard let shown = session.hostKey else {
            return .ended(.failure(SSHFault.handshake(HandshakeEnd(greeting: greeting, detail: session.errorText))))
        }
        guard HostKeySearch.accepts(shown, pin: handshake.login.hostKey) else {
            return .ended(.success(.otherKey(shown)))
        }
        hostKey = shown
        handshake.progress(.sshAuth)
        step =
            switch handshake.login.credential {
            case .password(let password): .password(password)
            case .privateKey(let key): .privateKey(key)
            }
        return nil
    }

    /// A server that does not take passwords as such has not judged this one: it may ask for it interactively.
    private func tryPassword(_ password: Secret) -> Verdict? {
        let status = ssh_userauth_password(session.raw, nil, password.clearText)
        if status == SSH_AUTH_DENIED.rawValue, !offers(SSH_AUTH_METHOD_PASSWORD), offers(SSH_AUTH_METHOD_INTERACTIVE) {
            step = .interactive(password, hasAnswered: false)
            return nil
        }
        return judge(status)
    }

    /// Answers one question for one hidden line; a server that wants more wants another kind of login.
    private func answer(_ password: Secret, hasAnswered: Bool) -> Verdict? {
        let status = ssh_userauth_kbdint(session.raw, nil, nil)
        guard status == SSH_AUTH_INFO.rawValue else { return judge(status) }
        switch ssh_userauth_kbdint_getnprompts(session.raw) {
        case 0: return nil
        case 1 where !hasAnswered && isHidden(prompt: 0):
            guard ssh_userauth_kbdint_setanswer(session.raw, 0, password.clearText) == SSH_OK else {
                return judge(SSH_AUTH_ERROR.rawValue)
            }
            step = .interactive(password, hasAnswered: true)
            return nil
        default:
            return .ended(.failure(SSHFault.refusedLogin(detail: "the server asks for more than a password")))
        }
    }

    private func isHidden(prompt: UInt32) -> Bool {
        var echo: CChar = 0
        return ssh_userauth_kbdint_getprompt(session.raw, prompt, &echo) != nil && echo == 0
    }

    private func offers(_ method: UInt32) -> Bool {
        UInt32(bitPattern: ssh_userauth_list(session.raw, nil)) & method != 0
    }

    private func judge(_ status: Int32) -> Verdict {
        let detail = session.errorText
        switch ssh_auth_e(rawValue: status) {
        case SSH_AUTH_AGAIN: return .pending
        case SSH_AUTH_SUCCESS:
            return hostKey.map { .loggedIn($0) } ?? .ended(.failure(SSHFault.lost(stage: .sshAuth, detail: detail)))
        case SSH_AUTH_DENIED: return .ended(.failure(SSHFault.refusedLogin(detail: detail)))
        case SSH_AUTH_PARTIAL:
            return .ended(.failure(SSHFault.refusedLogin(detail: "the server asks for a second login method")))
        default:
            // What sshd says when it hangs up on a client that insisted.
            return .ended(
                .failure(
                    detail.contains("Too many authentication failures")
                        ? SSHFault.refusedLogin(detail: detail) : SSHFault.lost(stage: .sshAuth, detail: detail)))
        }
    }
}
