/// One row of the table of settings, without the type of its value. The typed one is `Setting`.
package struct SettingRow: Sendable {
    /// The key in the configuration file, a point for each level of nesting; nil for an option that
    /// is no setting of the file.
    package let key: String?
    package let option: OptionSyntax?
    /// The environment variable that sets it.
    package let variable: String?
    /// The commands that take the option.
    package let commands: [CommandName]
    /// Fixed when a run starts: resuming the run with another value is refused.
    package let isPinned: Bool
    /// One sentence: lower case, no full stop.
    let sentence: String
    let sentences: [CommandName: String]
    /// Further sentences for the configuration file.
    let more: String
    /// JSON5, shown next to a setting that is not set.
    let example: String?
    package let type: ErasedSettingType
    package let defaultValue: SettingValue

    /// Identifies the row.
    package var name: String { key ?? option?.spelling ?? "" }

    /// What the setting is, or what the option does in one of its commands.
    package func help(_ command: CommandName? = nil) -> String {
        command.flatMap { sentences[$0] } ?? sentence
    }

    /// The same, with the possible values if there are only a few.
    package func meaning(_ command: CommandName? = nil) -> String {
        let (help, choices) = (help(command), type.choices)
        guard !choices.isEmpty, !choices.allSatisfy({ help.contains($0) }) else { return help }
        let first = choices.dropLast().joined(separator: ", ")
        return "\(help): \(first) or \(choices[choices.count - 1])"
    }

    /// The row at a place in the table: `.at(\.speed.timeout)`.
    package static func at<Value>(_ path: KeyPath<SettingsTable, Setting<Value>>) -> SettingRow {
        SettingsTable.all[keyPath: path].row
    }
}

extension SettingRow: Equatable, CustomStringConvertible {
    package static func == (first: SettingRow, second: SettingRow) -> Bool {
        first.name == second.name
    }

    package var description: String { name }
}

/// A row of the table of settings, with the type of its value.
///
/// If you add one, add nothing but the code that uses it: help, completions, the documented
/// configuration file and README's tables are made from the rows.
package struct Setting<Value: Sendable>: Sendable {
    package let row: SettingRow
    /// How a value is written.
    package let type: SettingType<Value>
}

extension Setting {
    /// A setting that always has a value.
    init(
        _ key: String?, _ type: SettingType<Value>, default initial: Value,
        option: OptionSyntax? = nil, variable: String? = nil, commands: [CommandName] = [],
        isPinned: Bool = false, help: String, helpByCommand: [CommandName: String] = [:],
        more: String = "", example: String? = nil
    ) {
        precondition(key != nil || option != nil, "a row has neither a key nor an option: \(help)")
        self.type = type
        row = SettingRow(
            key: key, option: option, variable: variable, commands: commands, isPinned: isPinned,
            sentence: help, sentences: helpByCommand, more: more, example: example,
            type: ErasedSettingType(type), defaultValue: SettingValue(initial, type))
    }

    /// A setting without a default.
    init<Wrapped>(
        _ key: String?, _ type: SettingType<Wrapped>,
        option: OptionSyntax? = nil, variable: String? = nil, commands: [CommandName] = [],
        isPinned: Bool = false, help: String, helpByCommand: [CommandName: String] = [:],
        more: String = "", example: String? = nil
    ) where Value == Wrapped? {
        self.init(
            key, type.optional, default: nil, option: option, variable: variable,
            commands: commands, isPinned: isPinned, help: help, helpByCommand: helpByCommand,
            more: more, example: example)
    }
}

/// How a value is written, without the type of the value.
package struct ErasedSettingType: Sendable {
    let expectation: String
    let form: SettingForm
    package let choices: [String]
    /// The values of a repeated option add up.
    package let isRepeatable: Bool
    /// Reads the values of an option, a variable or a configuration file.
    package let parse: @Sendable ([String]) throws(ValueError) -> SettingValue
    /// Reads the members of an object in the configuration file.
    let member: @Sendable (_ key: String, _ text: String) throws(ValueError) -> SettingValue
    /// Adds up the elements of an array, or the members of an object.
    let join: @Sendable ([SettingValue]) -> SettingValue

    fileprivate init<Value>(_ type: SettingType<Value>) {
        (expectation, form, choices) = (type.expectation, type.form, type.choices)
        isRepeatable = type.join != nil
        join = { values in
            if let join = type.join {
                return SettingValue(join(values.map { $0.content() }), type)
            }
            guard let last = values.last else { preconditionFailure("no \(Value.self) to join") }
            return last
        }
        parse = { [join] (texts) throws(ValueError) in
            var values: [SettingValue] = []
            for text in texts { values.append(SettingValue(try type.parse(text), type)) }
            return join(values)
        }
        member = { (key, text) throws(ValueError) in
            guard let member = type.member else {
                preconditionFailure("a \(Value.self) has no members")
            }
            return SettingValue(try member(key, text), type)
        }
    }
}

/// A value without its type; `content` gives it back.
package struct SettingValue: Sendable {
    private struct Box<Value: Sendable>: Sendable { let value: Value }

    private let box: any Sendable
    /// As a user would write it; nil = not set.
    package let text: String?

    fileprivate init<Value>(_ value: Value, _ type: SettingType<Value>) {
        box = Box(value: value)
        text = type.text(value)
    }

    func content<Value: Sendable>() -> Value {
        guard let box = box as? Box<Value> else {
            preconditionFailure("\(box) is not a \(Value.self)")
        }
        return box.value
    }
}

/// How an option is written: `-o, --output FILE`.
package struct OptionSyntax: Sendable, ExpressibleByStringLiteral {
    /// `--output`.
    package let spelling: String
    /// `-o`; nil for most.
    package let short: String?
    /// `FILE`; nil for an option without a value.
    package let placeholder: String?

    package init(stringLiteral text: String) {
        let words = text.split { $0 == " " || $0 == "," }.map { String($0) }
        let short = words.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
        self.short = short
        spelling = words[short == nil ? 0 : 1]
        placeholder = words.last.flatMap { $0.hasPrefix("-") ? nil : $0 }
    }

    /// As help writes it.
    package var text: String {
        (short.map { $0 + ", " } ?? "") + spelling + (placeholder.map { " " + $0 } ?? "")
    }
}
