import Domain
import Foundation
import Sync

/// The body of a change of settings: any subset of them.
struct SettingsBody: Sendable {
    private let values: [SettingKey: SettingValue]

    /// Throws every unknown key and every faulty value at once.
    init(_ fields: [String: JSONValue]) throws {
        var reader = FieldReader(fields)
        var values: [SettingKey: SettingValue] = [:]
        for key in SettingKey.allCases { values[key] = reader.setting(key) }
        for name in fields.keys.sorted() where SettingKey(rawValue: name) == nil {
            reader.fault(String(name.unicodeScalars.prefix(100)), "is not a setting")
        }
        try reader.finish()
        self.values = values
    }

    func apply(to settings: inout Settings) {
        for (key, value) in values { settings[key] = value }
    }
}

extension FieldReader {
    fileprivate mutating func setting(_ key: SettingKey) -> SettingValue? {
        switch key.shape {
        case .number(let range, _): integer(key.rawValue, in: range).map { .number($0) }
        case .flag: flag(key.rawValue).map { .flag($0) }
        case .timeZone: text(key.rawValue, FieldRules.timeZone).map { .text($0) }
        }
    }
}

extension JSONWriter {
    /// All settings, in the order of the table.
    mutating func settings(_ settings: Settings) {
        for key in SettingKey.allCases {
            switch settings[key] {
            case .number(let number): member(key.rawValue, number)
            case .flag(let flag): member(key.rawValue, flag)
            case .text(let text): member(key.rawValue, text)
            }
        }
    }
}
