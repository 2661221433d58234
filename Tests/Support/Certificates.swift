import Foundation

/// A certificate authority and a server certificate that it signed, made by `openssl`; good for a day.
package final class Certificates: Sendable {
    private let directory: TemporaryDirectory
    /// The authority's certificate in PEM.
    package let authority: String
    package var serverCertificatePath: String { directory.path("server.pem") }
    package var serverKeyPath: String { directory.path("server.key") }

    /// Makes both; `name` is the only host name that the server certificate is valid for.
    package init(name: String) async throws {
        directory = try TemporaryDirectory()
        let path = directory.path
        try await run(
            "openssl",
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=Test authority"]
                + ["-keyout", path("ca.key"), "-out", path("ca.pem")])
        try await run(
            "openssl",
            ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)"]
                + ["-keyout", path("server.key"), "-out", path("server.csr")])
        try directory.write("subjectAltName=\(Self.alternative(name))", to: "extensions")
        try await run(
            "openssl",
            ["x509", "-req", "-in", path("server.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key")]
                + ["-CAcreateserial", "-days", "1", "-extfile", path("extensions"), "-out", path("server.pem")])
        authority = try String(contentsOfFile: path("ca.pem"), encoding: .utf8)
        // The server reads them as its own user.
        for file in ["server.key", "server.pem", "ca.pem"] where chmod(path(file), 0o644) != 0 {
            throw SystemFailure("chmod \(file)")
        }
    }

    /// What makes a MariaDB server offer TLS with this certificate.
    package var serverArguments: [String] {
        ["--ssl-cert=\(serverCertificatePath)", "--ssl-key=\(serverKeyPath)", "--ssl-ca=\(directory.path("ca.pem"))"]
    }

    private static func alternative(_ name: String) -> String {
        let isAddress = name.allSatisfy { $0.isNumber || $0 == "." }
        return isAddress ? "IP:\(name)" : "DNS:\(name)"
    }
}
