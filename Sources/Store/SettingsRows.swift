import Domain

/// How one setting is kept as text; the name is the API's.
struct StoredSetting: Sendable {
    let name: String
    let text: @Sendable (Settings) -> String
    /// False if the text is no value of this setting.
    let read: @Sendable (inout Settings, String) -> Bool

    private init<Value: LosslessStringConvertible & SendableMetatype>(
        _ name: String, _ path: any WritableKeyPath<Settings, Value> & Sendable
    ) {
        self.name = name
        text = { $0[keyPath: path].description }
        read = { settings, text in
            guard let value = Value(text) else { return false }
            settings[keyPath: path] = value
            return true
        }
    }

    static let all = [
        StoredSetting("refreshInterval", \.refreshInterval),
        StoredSetting("dataRetentionDays", \.dataRetentionDays),
        StoredSetting("alertThreshold", \.alertThreshold),
        StoredSetting("autoRefreshEnabled", \.autoRefreshEnabled),
        StoredSetting("queryTimeout", \.queryTimeout),
        StoredSetting("connectionTimeout", \.connectionTimeout),
        StoredSetting("concurrentPartnerLimit", \.concurrentPartnerLimit),
        StoredSetting("timeZone", \.timeZone),
        StoredSetting("criticalQueuedThreshold", \.criticalQueuedThreshold),
        StoredSetting("criticalUtilizationThreshold", \.criticalUtilizationThreshold),
        StoredSetting("highQueuedMin", \.highQueuedMin),
    ]
}

extension SQLSession {
    /// The stored settings over the defaults; names that this version does not know are left alone.
    func settings() throws(StoreError) -> Settings {
        var stored: [String: String] = [:]
        for row in try rows("SELECT name, value FROM settings") {
            stored[try row.get("name")] = try row.get("value") as String
        }
        var settings = Settings()
        for setting in StoredSetting.all {
            guard let text = stored[setting.name] else { continue }
            guard setting.read(&settings, text) else {
                throw .database("The stored setting \(setting.name) cannot be read.")
            }
        }
        return settings
    }

    /// Stores what differs from `old`.
    func store(_ settings: Settings, replacing old: Settings) throws(StoreError) {
        for setting in StoredSetting.all where setting.text(settings) != setting.text(old) {
            try execute(
                """
                INSERT INTO settings (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """, setting.name, setting.text(settings))
        }
    }
}
