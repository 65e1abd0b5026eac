internal import JSONText
package import JobModel

/// One fault of a configuration file.
package struct ConfigurationProblem: Equatable, Sendable {
    package var position: SourcePosition
    package var message: String

    package init(at position: SourcePosition, _ message: String) {
        self.position = position
        self.message = message
    }
}

/// All faults of a configuration file, in file order.
package struct ConfigurationError: Error, Equatable, Sendable {
    package var problems: [ConfigurationProblem]

    package init(problems: [ConfigurationProblem]) { self.problems = problems }
}

/// A configuration file that was read: JSON5, its keys those of `SettingsTable`. `null` leaves a
/// setting as it is.
package struct Configuration: Sendable {
    /// The environment variable that names the file.
    static let variable = "RELSWEEP_CONFIG"
    /// Maximum size of a configuration file, 1 MiB.
    package static let maximumByteCount = 1 << 20

    /// Settings in the order of the file.
    package var entries: [Entry] = []

    package struct Entry: Sendable {
        package var row: SettingRow
        /// nil for `null`.
        package var value: SettingValue?
        package var position: SourcePosition
    }

    package init() {}

    /// - Throws: all problems that were found.
    package static func parse(_ bytes: [UInt8]) throws(ConfigurationError) -> Configuration {
        let root: PositionedValue
        do throws(JSONError) {
            root = try JSONTree.parseWithPositions(
                bytes, dialect: .json5, limits: JSONLimits(maximumBytes: maximumByteCount))
        } catch {
            let position = SourcePosition(error.position)
            throw ConfigurationError(problems: [ConfigurationProblem(at: position, error.message)])
        }
        var reader = ConfigurationReader()
        reader.readRoot(root)
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
        var configuration = Configuration()
        configuration.entries = reader.entries
        return configuration
    }

    package func entry(_ row: SettingRow) -> Entry? { entries.first { $0.row == row } }
}

/// Traverses the tree and collects values and faults.
private struct ConfigurationReader {
    var entries: [Configuration.Entry] = []
    var problems: [ConfigurationProblem] = []

    mutating func readRoot(_ root: PositionedValue) {
        guard let members = root.members else {
            problem(root.position, "expected one object: { … }")
            return
        }
        read(members, under: "")
    }

    private mutating func read(_ members: [PositionedMember], under prefix: String) {
        for member in members {
            let path = prefix + member.key
            if prefix.isEmpty, SettingsTable.objects.contains(member.key) {
                if let members = member.value.members {
                    read(members, under: member.key + ".")
                } else {
                    problem(member.value.position, "\"\(member.key)\" must be an object: { … }")
                }
            } else if let row = SettingsTable.row(key: path) {
                read(member.value, of: row, path)
            } else if let secret = Credentials.Name.allCases.first(where: { $0.key == member.key })
            {
                problem(
                    member.keyPosition,
                    "secrets do not belong in the configuration file; set \(secret.variable), "
                        + "use a systemd credential, or name a file with "
                        + "credentials.\(member.key)File")
            } else {
                problem(member.keyPosition, unknownKey(path))
            }
        }
    }

    private func unknownKey(_ path: String) -> String {
        let candidates = SettingsTable.rows.compactMap(\.key) + SettingsTable.objects
        let nearest =
            SettingsTable.formerNames[path] ?? Spelling.suggestion(for: path, among: candidates)
        return "unknown key \(SafeText.quoted(path))"
            + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
    }

    private mutating func read(_ value: PositionedValue, of row: SettingRow, _ key: String) {
        var result: SettingValue?
        switch (row.type.form, value.plain) {
        case (_, .null): append(row, nil, value)
        case (.array, _): result = list(value, of: row, key)
        case (.object, _): result = object(value, of: row, key)
        case (.flag, .bool(let flag)): result = parse("\(flag)", of: row, key, at: value)
        case (.number, .number(let number)), (.numberOrText, .number(let number)):
            result = parse(number.text, of: row, key, at: value)
        case (.text, .string(let text)), (.numberOrText, .string(let text)):
            result = parse(text, of: row, key, at: value)
        case (.flag, let other), (.number, let other):
            problem(
                value.position, "\"\(key)\" must be \(row.type.expectation), not \(other.kindName)")
        case (.text, let other), (.numberOrText, let other):
            problem(
                value.position,
                "\"\(key)\" must be a string, \(row.type.expectation), not \(other.kindName)")
        }
        if let result { append(row, result, value) }
    }

    private mutating func list(
        _ value: PositionedValue, of row: SettingRow, _ key: String
    ) -> SettingValue? {
        guard let elements = value.elements else {
            problem(value.position, "\"\(key)\" must be an array of strings: [ … ]")
            return nil
        }
        var values: [SettingValue] = []
        for element in elements {
            guard let word = element.plain.string, !word.contains(",") else {
                problem(element.position, "\"\(key)\": expected strings")
                continue
            }
            if let read = parse(word, of: row, key, at: element) { values.append(read) }
        }
        return row.type.join(values)
    }

    private mutating func object(
        _ value: PositionedValue, of row: SettingRow, _ key: String
    ) -> SettingValue? {
        guard let members = value.members else {
            problem(value.position, "\"\(key)\" must be an object: { record_id: \"Header\" }")
            return nil
        }
        var values: [SettingValue] = []
        for member in members {
            guard let text = member.value.plain.string, !text.isEmpty else {
                problem(member.value.position, "a header must be a non-empty string")
                continue
            }
            do throws(ValueError) {
                values.append(try row.type.member(member.key, text))
            } catch {
                problem(member.keyPosition, "\"\(key)\": \(error.message)")
            }
        }
        return row.type.join(values)
    }

    private mutating func parse(
        _ text: String, of row: SettingRow, _ key: String, at value: PositionedValue
    ) -> SettingValue? {
        do throws(ValueError) {
            return try row.type.parse([text])
        } catch {
            problem(value.position, "\"\(key)\": \(error.message)")
            return nil
        }
    }

    private mutating func append(
        _ row: SettingRow, _ value: SettingValue?, _ source: PositionedValue
    ) {
        entries.append(
            Configuration.Entry(row: row, value: value, position: SourcePosition(source.position)))
    }

    private mutating func problem(_ position: TextPosition, _ message: String) {
        problems.append(ConfigurationProblem(at: SourcePosition(position), message))
    }
}

extension SourcePosition {
    fileprivate init(_ position: TextPosition) {
        self.init(line: position.line, column: position.column)
    }
}
