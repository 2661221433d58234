import Domain
import Foundation
import Logging
import Web

/// Everything that is decided before the start; read once, checked as a whole.
struct Configuration {
    var host = "127.0.0.1"
    var port = 8080
    var dataDirectory = URL(filePath: "data")
    /// `nil`: not the demo; else the number of pretend partners.
    var demoPartners: Int?
    /// Where the page's files are read from instead of the binary.
    var dashboardFolder: URL?
    /// Of the first administrator; `nil`: to be made up, if there is someone to show it to. What is wrong with it
    /// concerns the first start alone: later ones ignore the variable, whatever became of it.
    var adminPassword: Result<Secret?, StartError> = .success(nil)
    var adminEmail = "admin@example.com"
    /// `nil`: kept in the data directory.
    var jwtSecret: Secret?
    /// `nil`: kept in the data directory.
    var encryptionKey: Secret?
    var corsOrigins: [String] = []
    var trustedProxies: [IPBlock] = []
    /// Requests a minute and user.
    var rateLimit: Int?
    var tokenLifetime = Duration.seconds(8 * 3600)
    var logLevel = Logger.Level.info
    /// Of what befalls partners. Some of the demo's fail all the time, and what to try first must not scroll away.
    var syncLogLevel = Logger.Level.info
    var logFormat = LogFormat.text
    /// Sentences for the log: what was set and has no effect.
    var warnings: [String] = []

    var isDemo: Bool { demoPartners != nil }

    /// Throws all faults at once.
    static func read(_ flags: Flags, _ environment: [String: String]) throws(StartError) -> Configuration {
        var source = ConfigurationSource(environment)
        var configuration = Configuration()
        configuration.readServing(flags, &source)
        configuration.readDemo(flags, &source)
        configuration.readAssets(flags, &source)
        configuration.readSecrets(&source)
        configuration.readAccess(&source)
        let level = source.choice("JOBTALK_LOG_LEVEL", Logger.Level.self)
        configuration.logLevel = level ?? .info
        configuration.syncLogLevel = level ?? (configuration.isDemo ? .error : .info)
        configuration.logFormat = source.choice("JOBTALK_LOG_FORMAT", LogFormat.self) ?? configuration.logFormat
        configuration.warnings += source.unknown.map { "\($0) is not a variable of JobTalk and has no effect" }
        try source.finish()
        return configuration
    }

    private mutating func readServing(_ flags: Flags, _ source: inout ConfigurationSource) {
        if let value = source.value("JOBTALK_HOST", flag: "--host", flags.host) {
            host = value.text
            source.check(value, FieldRules.hostName)
        }
        if let value = source.value("JOBTALK_PORT", flag: "--port", flags.port) {
            port = source.integer(value, 0...65535) ?? port
        }
        if let value = source.value("JOBTALK_DATA_DIR", flag: "--data-dir", flags.dataDirectory) {
            dataDirectory = URL(filePath: value.text)
        } else if flags.isDemo {
            dataDirectory = URL(filePath: "demo-data")
        }
        if let url = source.secret("JOBTALK_DATABASE_URL") {
            let isPostgreSQL = url.text.clearText.lowercased().hasPrefix("postgres")
            source.fault(
                url.name,
                isPostgreSQL
                    ? "asks for PostgreSQL, which is not supported by this version yet; "
                        + "leave it out to keep everything in SQLite in the data directory"
                    : "must be left out: this version keeps everything in SQLite in the data directory")
        }
    }

    private mutating func readAssets(_ flags: Flags, _ source: inout ConfigurationSource) {
        guard let value = source.value(nil, flag: "--assets", flags.assets) else { return }
        let folder = URL(filePath: value.text)
        dashboardFolder = folder
        if !FileManager.default.fileExists(atPath: folder.appending(path: "index.html").path) {
            source.fault("--assets", "must be a folder with an index.html")
        }
        if !Self.isLoopback(host) {
            source.fault("--assets", "serves this machine only: --host must be 127.0.0.1, ::1 or localhost")
        }
    }

    private mutating func readDemo(_ flags: Flags, _ source: inout ConfigurationSource) {
        if flags.isDemo {
            demoPartners = 12
            if !Self.isLoopback(host) {
                source.fault("--demo", "serves this machine only: --host must be 127.0.0.1, ::1 or localhost")
            }
        }
        guard let value = source.value(nil, flag: "--demo-partners", flags.demoPartners) else { return }
        if flags.isDemo {
            demoPartners = source.integer(value, 12...5000) ?? demoPartners
        } else {
            source.fault(value.name, "goes with --demo only")
        }
    }

    private mutating func readSecrets(_ source: inout ConfigurationSource) {
        jwtSecret = source.key("JOBTALK_JWT_SECRET")
        encryptionKey = source.key("JOBTALK_ENCRYPTION_KEY")
        adminPassword = source.apart { source in
            guard let password = source.secret("JOBTALK_ADMIN_PASSWORD") else { return nil }
            if isDemo { warnings.append("\(password.name) has no effect in the demo") }
            source.check(password) { PasswordRules.fault(of: $0, username: FirstAdmin.username) }
            return password.text
        }
        if let email = source.value("JOBTALK_ADMIN_EMAIL") {
            adminEmail = email.text
            source.check(email, FieldRules.email)
        }
    }

    private mutating func readAccess(_ source: inout ConfigurationSource) {
        corsOrigins = source.list(
            "JOBTALK_CORS_ORIGINS", { Self.isOrigin($0) ? $0 : nil },
            "must be origins such as https://console.example.com, separated by commas, or *")
        trustedProxies = source.list(
            "JOBTALK_TRUSTED_PROXIES", IPBlock.init,
            "must be addresses or blocks such as 10.0.0.0/8, separated by commas")
        rateLimit = source.value("JOBTALK_RATE_LIMIT").flatMap { source.integer($0, 1...1_000_000) }
        if let value = source.value("JOBTALK_TOKEN_HOURS"), let hours = source.integer(value, 1...720) {
            tokenLifetime = .seconds(hours * 3600)
        }
    }
}
