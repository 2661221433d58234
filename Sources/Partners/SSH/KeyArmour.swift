import Foundation

/// The text of a private key, as far as it can be judged without opening it.
struct KeyArmour {
    /// With plain line ends, whatever the form it was pasted in.
    let text: String

    init(_ pasted: String) {
        let lines = pasted.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        // The blank line after the headers of an old encrypted PEM belongs to the format.
        let body = lines.reduce(into: [String]()) { lines, line in
            lines.append(line)
            if line.hasPrefix("DEK-Info:") { lines.append("") }
        }
        text = body.joined(separator: "\n") + "\n"
    }

    /// Whether it takes a passphrase to read it.
    var isEncrypted: Bool {
        text.contains("ENCRYPTED") || openSSHCipher.map { $0 != "none" } ?? false
    }

    /// The first field after the magic of OpenSSH's own format (`PROTOCOL.key`); `nil` in any other format.
    private var openSSHCipher: String? {
        let base64 = text.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        let magic = Data("openssh-key-v1\0".utf8)
        guard text.hasPrefix("-----BEGIN OPENSSH PRIVATE KEY-----"), let data = Data(base64Encoded: base64),
            data.starts(with: magic), data.count > magic.count + 4
        else { return nil }
        let length = data[magic.count..<magic.count + 4].reduce(0) { $0 << 8 | Int($1) }
        return String(decoding: data.dropFirst(magic.count + 4).prefix(min(length, 64)), as: UTF8.self)
    }
}
