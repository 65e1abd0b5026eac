package import JobModel

/// Where the value of a setting came from.
package enum SettingSource: Equatable, Sendable {
    case option(OptionName)
    case variable(String)
    /// A systemd credential, by its file's path.
    case credential(String)
    case configuration(path: String, SourcePosition)
    case standard

    /// For people.
    package var text: String {
        switch self {
        case .option(let option): option.spelling
        case .variable(let name): "$\(name)"
        case .credential(let path): path
        case .configuration(let path, let position):
            "\(path):\(position.line):\(position.column)"
        case .standard: "default"
        }
    }
}

/// What is wrong with a setting, by its source.
package enum SettingsError: Error, Equatable, Sendable {
    case argument(ArgumentError)
    case variable(String, ValueError)
    case credential(path: String, String)
    case configuration(path: String, ConfigurationError)
    case configurationUnreadable(path: String, String)
}

/// The settings of one command: for each key the value of its strongest source.
///
/// Option, then environment (a systemd credential counts as such), then configuration file, then
/// default.
package struct Settings: Equatable, Sendable {
    package struct Setting: Equatable, Sendable {
        /// nil = not set.
        package var value: SettingValue?
        package var source: SettingSource

        package init(value: SettingValue?, source: SettingSource) {
            self.value = value
            self.source = source
        }
    }

    /// In the order of `SettingKey.allCases`.
    private var settings: [Setting]

    /// What stands outside of the process.
    package struct Surroundings: Sendable {
        /// The value of an environment variable.
        package var variable: @Sendable (String) -> String?
        /// The text of a systemd credential and its file's path; nil when there is none of that
        /// name.
        package var credential:
            @Sendable (String) throws(SettingsError) -> (text: String, path: String)?

        package init(
            variable: @escaping @Sendable (String) -> String?,
            credential:
                @escaping @Sendable (String) throws(SettingsError) -> (text: String, path: String)?
        ) {
            self.variable = variable
            self.credential = credential
        }
    }

    package init(
        arguments: Arguments, surroundings: Surroundings,
        configuration: (path: String, content: Configuration)?
    ) throws(SettingsError) {
        settings = []
        for key in SettingKey.allCases {
            settings.append(
                try Settings.resolve(key, arguments, surroundings, configuration))
        }
    }

    package subscript(key: SettingKey) -> Setting {
        guard let index = SettingKey.allCases.firstIndex(of: key) else {
            preconditionFailure("broken belief: every key is among all cases")
        }
        return settings[index]
    }

    private static func resolve(
        _ key: SettingKey, _ arguments: Arguments, _ surroundings: Surroundings,
        _ configuration: (path: String, content: Configuration)?
    ) throws(SettingsError) -> Setting {
        if let option = key.option, let value = try value(of: option, key, arguments) {
            return Setting(value: value, source: .option(option))
        }
        if let name = key.variable {
            if let text = surroundings.variable(name), !text.isEmpty {
                do throws(ValueError) {
                    return Setting(value: try key.shape.parse(text), source: .variable(name))
                } catch {
                    throw .variable(name, error)
                }
            }
            if let (text, path) = try surroundings.credential(Credentials.fileName(of: name)) {
                do throws(ValueError) {
                    return Setting(value: try key.shape.parse(text), source: .credential(path))
                } catch {
                    throw .credential(path: path, error.message)
                }
            }
        }
        if let (path, content) = configuration, let entry = content.entry(key),
            let value = entry.value
        {
            return Setting(value: value, source: .configuration(path: path, entry.position))
        }
        return Setting(value: key.defaultValue, source: .standard)
    }

    private static func value(
        of option: OptionName, _ key: SettingKey, _ arguments: Arguments
    ) throws(SettingsError) -> SettingValue? {
        let texts = arguments.values(of: option)
        guard let last = texts.last else { return nil }
        if option.placeholder == nil { return .flag(true) }
        do throws(ValueError) {
            switch key.shape {
            case .columns:
                var columns: [ColumnMapping] = []
                for text in texts {
                    guard case .columns(let parsed) = try key.shape.parse(text) else { continue }
                    columns += parsed
                }
                return .columns(columns)
            case .choices:
                var words: [String] = []
                for text in texts {
                    guard case .words(let parsed) = try key.shape.parse(text) else { continue }
                    words += parsed.filter { !words.contains($0) }
                }
                return .words(words)
            default: return try key.shape.parse(last)
            }
        } catch {
            throw .argument(.badValue(error, option: option))
        }
    }
}

// Typed access. The schema says what a key holds; another kind there is a bug of ours.
extension Settings {
    package func flag(_ key: SettingKey) -> Bool {
        guard case .flag(let value)? = self[key].value else { mismatch(key) }
        return value
    }

    package func integer(_ key: SettingKey) -> Int? {
        switch self[key].value {
        case .integer(let value)?: value
        case nil: nil
        default: mismatch(key)
        }
    }

    package func duration(_ key: SettingKey) -> Duration {
        guard case .duration(let value)? = self[key].value else { mismatch(key) }
        return value
    }

    package func text(_ key: SettingKey) -> String? {
        switch self[key].value {
        case .text(let value)?: value
        case nil: nil
        default: mismatch(key)
        }
    }

    package func words(_ key: SettingKey) -> [String] {
        guard case .words(let value)? = self[key].value else { mismatch(key) }
        return value
    }

    private func mismatch(_ key: SettingKey) -> Never {
        preconditionFailure("broken belief: \"\(key.rawValue)\" holds what its shape says")
    }
}
