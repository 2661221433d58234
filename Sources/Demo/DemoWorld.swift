package import Domain
package import Foundation
package import Logging
import ServiceLifecycle

/// A pretend world: SQLite partner databases whose campaigns and calls move like real ones.
///
/// Knows nothing of the console: it only changes the files, as a partner's own calling platform would, and obeys
/// what it finds in their `settings`. The same count gives the same companies at every start.
package struct DemoWorld: Service {
    /// What to add to the console, so that it shows these partners; the same at every start.
    package let partners: [PartnerPatch]
    /// By name, what would have been read of companies that were just made, at the same moments of all; nothing if they
    /// are more than the dozen.
    package let past: [String: [PastReading]]

    private let companies: [PartnerFile]
    private let retention: TimeInterval
    private let clock: any WallClock
    private let logger: Logger

    /// Creates what is missing of `count` partner databases (≥ 12) in `directory`, each with a past.
    package init(directory: URL, count: Int, clock: any WallClock, logger: Logger) async throws {
        let population = Profile.population(count)
        let files = population.filter { $0.kind != .unreachable }.map { PartnerFile($0, in: directory) }
        let now = clock.now
        var past: [String: [PastReading]] = [:]
        for file in files {
            past[file.profile.name] = try await file.createIfMissing(
                past: file.profile.isSmall ? 86_400 : 7 * 86_400, at: now)
        }
        self.past = population.contains(where: \.isSmall) ? [:] : past
        partners = population.map(PartnerPatch.init)
        companies = files.filter { $0.profile.kind != .brokenSchema }
        retention = count > 24 ? 2 * 86_400 : 8 * 86_400
        self.clock = clock
        self.logger = logger
    }

    /// Moves the traffic until graceful shutdown.
    ///
    /// Each company moves every 2 s, or less often if they are many: about 40 moves a second are enough to look at.
    package func run() async throws {
        var standings: [String: Standing] = [:]
        let round = max(2, companies.count / 40)
        var turn = 0
        var next = ContinuousClock.now
        while await waits(until: next) {
            // After a pause of the whole machine, the seconds that were missed are not made up for.
            next = max(next, .now - .seconds(1)) + .seconds(1)
            for company in stride(from: turn % round, to: companies.count, by: round).map({ companies[$0] })
            where !Task.isShuttingDownGracefully {
                standings[company.profile.name] = await moved(company, standings[company.profile.name])
            }
            turn += 1
        }
    }

    /// What is known of a company between two moves.
    private enum Standing {
        case moving(Platform)
        /// Its file could not be written; that was logged.
        case still
    }

    private func moved(_ company: PartnerFile, _ standing: Standing?) async -> Standing {
        let known: Platform? = if case .moving(let platform) = standing { platform } else { nil }
        do {
            return .moving(try await company.move(known, to: clock.now, retention: retention))
        } catch {
            if case .still = standing { return .still }
            logger.warning(
                "A demo partner's traffic stands still",
                metadata: ["partner": "\(company.profile.name)", "error": "\(error)"])
            return .still
        }
    }

    /// False once the world is to stop.
    private func waits(until moment: ContinuousClock.Instant) async -> Bool {
        await cancelWhenGracefulShutdown {
            do {
                try await Task.sleep(until: moment, clock: .continuous)
                return !Task.isCancelled
            } catch {
                return false
            }
        }
    }
}

extension PartnerPatch {
    /// What an operator would enter for this company.
    fileprivate init(_ profile: Profile) {
        self.init()
        name = profile.name
        concurrencyLimit = profile.limit
        if profile.kind == .unreachable {
            databaseKind = .mysql
            databaseHost = "127.0.0.1"
            // Port 1 (tcpmux) has no server on any machine of our time.
            databasePort = 1
            databaseName = "jobtalk"
            databaseUsername = "console"
            databasePassword = Secret("demo")
        } else {
            databaseKind = .sqlite
            databaseName = profile.fileName
        }
    }
}
