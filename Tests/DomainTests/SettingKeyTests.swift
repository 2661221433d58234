import Domain
import Testing

@Suite("Settings")
struct SettingKeyTests {
    @Test(
        "Each number has its default and its range, bounds included",
        arguments: [
            (SettingKey.refreshInterval, 120, 5...3_600), (.dataRetentionDays, 90, 1...3_650),
            (.alertThreshold, 80, 1...100), (.queryTimeout, 60, 1...300), (.connectionTimeout, 30, 1...120),
            (.concurrentPartnerLimit, 16, 1...256), (.criticalQueuedThreshold, 200, 0...1_000_000),
            (.criticalUtilizationThreshold, 30, 0...100), (.highQueuedMin, 100, 0...1_000_000),
        ])
    func numbers(key: SettingKey, standard: Int, range: ClosedRange<Int>) {
        #expect(Settings()[key] == .number(standard))
        for good in [range.lowerBound, range.upperBound] { #expect(key.fault(of: .number(good)) == nil) }
        for bad in [range.lowerBound - 1, range.upperBound + 1, .min, .max] {
            #expect(key.fault(of: .number(bad)) == "must be between \(range.lowerBound) and \(range.upperBound)")
        }
        #expect(key.fault(of: .flag(true)) == "must be a whole number")
        #expect(key.fault(of: .text("5")) == "must be a whole number")
    }

    @Test("The other two have their own kinds")
    func others() {
        #expect(Settings()[.autoRefreshEnabled] == .flag(true))
        #expect(SettingKey.autoRefreshEnabled.fault(of: .flag(false)) == nil)
        #expect(SettingKey.autoRefreshEnabled.fault(of: .number(1)) == "must be true or false")
        #expect(Settings()[.timeZone] == .text("America/New_York"))
        #expect(SettingKey.timeZone.fault(of: .text("Europe/Berlin")) == nil)
        #expect(SettingKey.timeZone.fault(of: .text("EST")) != nil)
        #expect(SettingKey.timeZone.fault(of: .number(1)) != nil)
    }

    @Test("Each key reads and writes a place of its own", arguments: SettingKey.allCases)
    func place(key: SettingKey) {
        let standard = Settings()
        let value: SettingValue =
            switch key.shape {
            case .number: .number(77)
            case .flag: .flag(false)
            case .timeZone: .text("UTC")
            }
        var settings = standard
        settings[key] = value
        #expect(settings[key] == value)
        for other in SettingKey.allCases where other != key { #expect(settings[other] == standard[other]) }
    }

    @Test("The defaults are valid, and the table names every setting")
    func complete() {
        for key in SettingKey.allCases { #expect(key.fault(of: Settings()[key]) == nil) }
        let names = Mirror(reflecting: Settings()).children.compactMap(\.label)
        #expect(Set(names) == Set(SettingKey.allCases.map(\.rawValue)))
    }
}

@Suite("Secrets")
struct SecretTests {
    @Test("A secret shows itself to nobody who prints, dumps or interpolates")
    func hidden() {
        let secrets = PartnerSecrets(
            databasePassword: Secret("hunter2-db"),
            ssh: .privateKey(Secret("hunter2-key"), passphrase: Secret("hunter2-p")))
        var dumped = ""
        dump(secrets, to: &dumped)
        for text in ["\(secrets)", String(reflecting: secrets), String(describing: secrets), dumped] {
            #expect(!text.contains("hunter2"))
        }
    }
}
