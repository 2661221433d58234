/// A setting's value as it stands in JSON.
package enum SettingValue: Sendable, Equatable {
    case number(Int)
    case flag(Bool)
    case text(String)
}

/// One key of `/api/settings`: the only table of names, units, ranges and places. The raw value is the API's name.
package enum SettingKey: String, Sendable, CaseIterable {
    case refreshInterval
    case dataRetentionDays
    case alertThreshold
    case autoRefreshEnabled
    case queryTimeout
    case connectionTimeout
    case concurrentPartnerLimit
    case timeZone
    case criticalQueuedThreshold
    case criticalUtilizationThreshold
    case highQueuedMin

    /// What kind of value the key takes.
    package enum Shape: Sendable, Equatable {
        case number(ClosedRange<Int>, unit: String)
        case flag
        case timeZone
    }

    package var shape: Shape {
        switch self {
        case .refreshInterval: .number(5...3_600, unit: "s")
        case .dataRetentionDays: .number(1...3_650, unit: "days")
        case .alertThreshold: .number(1...100, unit: "%")
        case .autoRefreshEnabled: .flag
        case .queryTimeout: .number(1...300, unit: "s")
        case .connectionTimeout: .number(1...120, unit: "s")
        case .concurrentPartnerLimit: .number(1...256, unit: "partners")
        case .timeZone: .timeZone
        case .criticalQueuedThreshold: .number(0...1_000_000, unit: "calls")
        case .criticalUtilizationThreshold: .number(0...100, unit: "%")
        case .highQueuedMin: .number(0...1_000_000, unit: "calls")
        }
    }

    private enum Place {
        case number(WritableKeyPath<Settings, Int>)
        case flag(WritableKeyPath<Settings, Bool>)
        case text(WritableKeyPath<Settings, String>)
    }

    private var place: Place {
        switch self {
        case .refreshInterval: .number(\.refreshInterval)
        case .dataRetentionDays: .number(\.dataRetentionDays)
        case .alertThreshold: .number(\.alertThreshold)
        case .autoRefreshEnabled: .flag(\.autoRefreshEnabled)
        case .queryTimeout: .number(\.queryTimeout)
        case .connectionTimeout: .number(\.connectionTimeout)
        case .concurrentPartnerLimit: .number(\.concurrentPartnerLimit)
        case .timeZone: .text(\.timeZone)
        case .criticalQueuedThreshold: .number(\.criticalQueuedThreshold)
        case .criticalUtilizationThreshold: .number(\.criticalUtilizationThreshold)
        case .highQueuedMin: .number(\.highQueuedMin)
        }
    }

    /// What is wrong with a value for this key, as the end of a sentence; `nil`: nothing.
    package func fault(of value: SettingValue) -> String? {
        switch (shape, value) {
        case (.number(let range, _), .number(let number)): FieldRules.within(range, number)
        case (.number, _): "must be a whole number"
        case (.flag, .flag): nil
        case (.flag, _): "must be true or false"
        case (.timeZone, .text(let name)): FieldRules.timeZone(name)
        case (.timeZone, _): "must be a text"
        }
    }
}

extension Settings {
    /// The value of one key. Setting a value that `SettingKey.fault(of:)` finds of the wrong type changes nothing.
    package subscript(key: SettingKey) -> SettingValue {
        get { key.value(in: self) }
        set { key.set(newValue, in: &self) }
    }
}

extension SettingKey {
    fileprivate func value(in settings: Settings) -> SettingValue {
        switch place {
        case .number(let path): .number(settings[keyPath: path])
        case .flag(let path): .flag(settings[keyPath: path])
        case .text(let path): .text(settings[keyPath: path])
        }
    }

    fileprivate func set(_ value: SettingValue, in settings: inout Settings) {
        switch (place, value) {
        case (.number(let path), .number(let number)): settings[keyPath: path] = number
        case (.flag(let path), .flag(let flag)): settings[keyPath: path] = flag
        case (.text(let path), .text(let text)): settings[keyPath: path] = text
        default: break
        }
    }
}
