import Domain

extension SettingKey {
    /// What is stored for a value.
    fileprivate func text(of value: SettingValue) -> String {
        switch value {
        case .number(let number): String(number)
        case .flag(let flag): String(flag)
        case .text(let text): text
        }
    }

    /// The value that was stored as `text`; `nil` if it is none of this key.
    fileprivate func value(of text: String) -> SettingValue? {
        switch shape {
        case .number: Int(text).map { .number($0) }
        case .flag: Bool(text).map { .flag($0) }
        case .timeZone: .text(text)
        }
    }
}

extension SQLSession {
    /// The stored settings over the defaults; names that this version does not know are left alone.
    func settings() throws(StoreError) -> Settings {
        var stored: [String: String] = [:]
        for row in try rows("SELECT name, value FROM settings") {
            stored[try row.get("name")] = try row.get("value") as String
        }
        var settings = Settings()
        for key in SettingKey.allCases {
            guard let text = stored[key.rawValue] else { continue }
            guard let value = key.value(of: text) else {
                throw .database("The stored setting \(key.rawValue) cannot be read.")
            }
            settings[key] = value
        }
        return settings
    }

    /// Stores what differs from `old`.
    func store(_ settings: Settings, replacing old: Settings) throws(StoreError) {
        for key in SettingKey.allCases where settings[key] != old[key] {
            try execute(
                """
                INSERT INTO settings (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """, key.rawValue, key.text(of: settings[key]))
        }
    }
}
