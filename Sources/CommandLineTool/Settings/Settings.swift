package import JobModel

/// The source of a setting's value.
package enum SettingSource: Equatable, Sendable {
    case option(SettingRow)
    case variable(String)
    /// A systemd credential, by its file's path.
    case credential(String)
    case configuration(path: String, SourcePosition)
    case builtIn

    /// Display text.
    package var text: String {
        switch self {
        case .option(let row): row.option?.spelling ?? row.name
        case .variable(let name): "$\(name)"
        case .credential(let path): path
        case .configuration(let path, let position):
            "\(path):\(position.line):\(position.column)"
        case .builtIn: "default"
        }
    }
}

/// A fault of a setting, with its source.
package enum SettingsError: Error, Equatable, Sendable {
    case argument(ArgumentError)
    case variable(String, ValueError)
    case credential(path: String, String)
    case configuration(path: String, ConfigurationError)
    case configurationUnreadable(path: String, String)
}

/// The settings of one command: for each row of the table the value of its strongest source.
///
/// Precedence: option, environment (including systemd credentials), configuration file, default.
/// `settings[\.speed.timeout]` is a `Duration`.
package struct Settings: Sendable {
    private struct Found: Sendable {
        var value: SettingValue
        var source: SettingSource
    }

    /// By the row's name.
    private var found: [String: Found] = [:]

    /// The process's environment.
    package struct Environment: Sendable {
        /// The value of an environment variable.
        package var variable: @Sendable (String) -> String?
        /// The text and path of a systemd credential; nil if there is none of that name.
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
        arguments: Arguments, surroundings: Environment,
        configuration: (path: String, content: Configuration)?
    ) throws(SettingsError) {
        for row in SettingsTable.rows {
            found[row.name] = try Settings.find(row, arguments, surroundings, configuration)
        }
    }

    package subscript<Value>(path: KeyPath<SettingsTable, Setting<Value>>) -> Value {
        find(.at(path)).value.content()
    }

    /// Where a value came from.
    package func source<Value>(of path: KeyPath<SettingsTable, Setting<Value>>) -> SettingSource {
        find(.at(path)).source
    }

    private func find(_ row: SettingRow) -> Found {
        guard let found = found[row.name] else {
            preconditionFailure("\(row.name) is not among the rows of the table")
        }
        return found
    }

    private static func find(
        _ row: SettingRow, _ arguments: Arguments, _ environment: Environment,
        _ configuration: (path: String, content: Configuration)?
    ) throws(SettingsError) -> Found {
        let given = arguments.values(of: row)
        if !given.isEmpty {
            do throws(ValueError) {
                return Found(value: try row.type.parse(given), source: .option(row))
            } catch {
                throw .argument(.badValue(error, option: row))
            }
        }
        if let name = row.variable {
            if let text = environment.variable(name), !text.isEmpty {
                do throws(ValueError) {
                    return Found(value: try row.type.parse([text]), source: .variable(name))
                } catch {
                    throw .variable(name, error)
                }
            }
            if let (text, path) = try environment.credential(Credentials.fileName(of: name)) {
                do throws(ValueError) {
                    return Found(value: try row.type.parse([text]), source: .credential(path))
                } catch {
                    throw .credential(path: path, error.message)
                }
            }
        }
        if let (path, content) = configuration, let entry = content.entry(row),
            let value = entry.value
        {
            return Found(value: value, source: .configuration(path: path, entry.position))
        }
        return Found(value: row.defaultValue, source: .builtIn)
    }
}
