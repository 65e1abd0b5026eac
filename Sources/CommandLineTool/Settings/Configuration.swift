internal import JSONText
package import JobModel

/// One thing that is wrong with a configuration file.
package struct ConfigurationProblem: Equatable, Sendable {
    package var position: SourcePosition
    package var message: String

    package init(at position: SourcePosition, _ message: String) {
        self.position = position
        self.message = message
    }
}

/// What is wrong with a configuration file: everything that was found, in the order of the file.
package struct ConfigurationError: Error, Equatable, Sendable {
    package var problems: [ConfigurationProblem]

    package init(problems: [ConfigurationProblem]) { self.problems = problems }
}

/// A configuration file that was read: JSON5, its keys those of `SettingKey`. `null` leaves a
/// setting as it is.
package struct Configuration: Equatable, Sendable {
    /// Bytes that a configuration file may have, 1 MiB.
    package static let maximumByteCount = 1 << 20

    /// Settings in the order of the file.
    package private(set) var entries: [Entry] = []

    package struct Entry: Equatable, Sendable {
        package var key: SettingKey
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

    package func entry(_ key: SettingKey) -> Entry? { entries.first { $0.key == key } }
}

/// Walks the tree and collects values and problems.
private struct ConfigurationReader {
    var entries: [Configuration.Entry] = []
    var problems: [ConfigurationProblem] = []

    private static let keys = SettingKey.allCases.map(\.rawValue)
    private static let groups = [
        "waits", "manifest", "delink", "attachments", "creator", "credentials",
    ]
    /// Keys that somebody could try to keep a secret in.
    private static let secrets = [
        "accessToken": "RELSWEEP_ACCESS_TOKEN", "refreshToken": "RELSWEEP_REFRESH_TOKEN",
        "clientSecret": "RELSWEEP_CLIENT_SECRET", "clientId": "RELSWEEP_CLIENT_ID",
    ]

    mutating func readRoot(_ root: PositionedValue) {
        guard let members = root.members else {
            problem(root.position, "the configuration must be one object: { … }")
            return
        }
        read(members, under: "")
    }

    private mutating func read(_ members: [PositionedMember], under prefix: String) {
        for member in members {
            let path = prefix + member.key
            if prefix.isEmpty, Self.groups.contains(member.key) {
                if let members = member.value.members {
                    read(members, under: member.key + ".")
                } else {
                    problem(member.value.position, "\"\(member.key)\" must be an object: { … }")
                }
            } else if let key = SettingKey(rawValue: path), !path.hasPrefix(".") {
                read(member.value, of: key)
            } else if let variable = Self.secrets[member.key] {
                problem(
                    member.keyPosition,
                    "credentials are not kept in the configuration; set \(variable), use a "
                        + "systemd credential, or name a file: credentials.\(member.key)File")
            } else {
                problem(member.keyPosition, unknownKey(path, prefix: prefix))
            }
        }
    }

    private func unknownKey(_ path: String, prefix: String) -> String {
        let candidates = Self.keys + Self.groups
        let nearest = Spelling.suggestion(for: path, among: candidates)
        return "unknown key \(SafeText.quoted(path))"
            + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
    }

    private mutating func read(_ value: PositionedValue, of key: SettingKey) {
        if value.plain.isNull {
            append(key, nil, value)
            return
        }
        switch key.shape {
        case .choices, .relatedLists: readList(value, of: key)
        case .columns: readColumns(value, of: key)
        default: readScalar(value, of: key)
        }
    }

    private mutating func readScalar(_ value: PositionedValue, of key: SettingKey) {
        let text: String
        switch (key.shape, value.plain) {
        case (.flag, .bool(let flag)):
            append(key, .flag(flag), value)
            return
        case (.integer, .number(let number)), (.failureBudget, .number(let number)):
            text = number.text
        case (.flag, let other), (.integer, let other):
            problem(
                value.position,
                "\"\(key.rawValue)\" must be \(key.shape.expectation), not \(other.kindName)")
            return
        case (_, .string(let string)): text = string
        case (_, let other):
            problem(
                value.position,
                "\"\(key.rawValue)\" must be a string, \(key.shape.expectation), not "
                    + other.kindName)
            return
        }
        if let parsed = parse(text, of: key, at: value) { append(key, parsed, value) }
    }

    private mutating func readList(_ value: PositionedValue, of key: SettingKey) {
        guard let elements = value.elements else {
            problem(value.position, "\"\(key.rawValue)\" must be an array of strings: [ … ]")
            return
        }
        var words: [String] = []
        for element in elements {
            guard let word = element.plain.string, !word.contains(",") else {
                problem(element.position, "\"\(key.rawValue)\" holds strings only")
                continue
            }
            if case .words(let parsed)? = parse(word, of: key, at: element) { words += parsed }
        }
        append(key, .words(words), value)
    }

    private mutating func readColumns(_ value: PositionedValue, of key: SettingKey) {
        guard let members = value.members else {
            problem(
                value.position, "\"\(key.rawValue)\" must be an object: { record_id: \"Header\" }")
            return
        }
        var columns: [ColumnMapping] = []
        for member in members {
            guard let header = member.value.plain.string, !header.isEmpty else {
                problem(member.value.position, "a header must be a string that is not empty")
                continue
            }
            do throws(ValueError) {
                if case .columns(let mapping) = try key.shape.parse("\(member.key)=\(header)") {
                    columns += mapping
                }
            } catch {
                problem(member.keyPosition, "\"\(key.rawValue)\": \(error.message)")
            }
        }
        append(key, .columns(columns), value)
    }

    private mutating func parse(
        _ text: String, of key: SettingKey, at value: PositionedValue
    ) -> SettingValue? {
        do throws(ValueError) {
            return try key.shape.parse(text)
        } catch {
            problem(value.position, "\"\(key.rawValue)\": \(error.message)")
            return nil
        }
    }

    private mutating func append(
        _ key: SettingKey, _ value: SettingValue?, _ source: PositionedValue
    ) {
        entries.append(
            Configuration.Entry(key: key, value: value, position: SourcePosition(source.position)))
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
