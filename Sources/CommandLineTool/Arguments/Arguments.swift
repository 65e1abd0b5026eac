internal import JobModel

/// A parsed command line: command, options with their values as written, operand.
///
/// Grammar: the first argument that is not an option is the command; `--name value`,
/// `--name=value`, `--flag`; `--` ends the options; `-` alone is an operand (standard input); no
/// abbreviations and no combined short options.
package struct Arguments: Equatable, Sendable {
    package enum Request: Equatable, Sendable {
        case command(CommandName)
        case help(CommandName?)
        case version
    }

    package var request: Request
    package var operand: String?
    /// In the order given.
    package var options: [Option] = []

    package struct Option: Equatable, Sendable {
        package var row: SettingRow
        /// Empty for an option without a value.
        package var value: String

        package init(_ row: SettingRow, value: String = "") {
            self.row = row
            self.value = value
        }
    }

    package init(request: Request, operand: String? = nil, options: [Option] = []) {
        self.request = request
        self.operand = operand
        self.options = options
    }

    /// The values of an option, in the order given, a flag's `true`; empty when it was not.
    package func values(of row: SettingRow) -> [String] {
        options.filter { $0.row == row }
            .map { row.option?.placeholder == nil ? "true" : $0.value }
    }

    package func has<Value>(_ path: KeyPath<SettingsTable, Setting<Value>>) -> Bool {
        !values(of: .at(path)).isEmpty
    }

    /// The text of an option, as given.
    package func value<Value>(of path: KeyPath<SettingsTable, Setting<Value>>) -> String? {
        values(of: .at(path)).last
    }

    /// - Parameter words: the command line without the program's name.
    package static func parse(_ words: [String]) throws(ArgumentError) -> Arguments {
        var parser = ArgumentParser(words)
        return try parser.parse()
    }
}

private struct ArgumentParser {
    private let words: [String]
    private var index = 0
    private var command: CommandName?
    /// The first word of a command that has two.
    private var group: String?
    private var operands: [String] = []
    private var options: [Arguments.Option] = []
    private var wantsHelp = false
    private var wantsVersion = false

    init(_ words: [String]) { self.words = words }

    mutating func parse() throws(ArgumentError) -> Arguments {
        for (index, word) in words.enumerated() where Self.isUnreadable(word) {
            throw .unreadableArgument(index: index + 1)
        }
        while index < words.count {
            let word = words[index]
            index += 1
            if word == "--" {
                for word in words[index...] { try consumeOperand(word) }
                break
            } else if SettingsTable.row(option: word) == .at(\.output.help) {
                wantsHelp = true
            } else if SettingsTable.row(option: word) == .at(\.output.version) {
                wantsVersion = true
            } else if word.hasPrefix("-"), word != "-" {
                try consumeOption(word)
            } else {
                try consumeOperand(word)
            }
        }
        return try finished()
    }

    private func finished() throws(ArgumentError) -> Arguments {
        if wantsVersion { return Arguments(request: .version) }
        if wantsHelp { return Arguments(request: .help(command)) }
        guard let command else {
            if let group { throw .incompleteCommand(group) }
            throw .noCommand
        }
        // Options before the command can only be checked now.
        for option in options where !option.row.commands.contains(command) {
            throw .foreignOption(option.row, command: command)
        }
        if command.needsOperand, operands.isEmpty { throw .missingOperand(command) }
        return Arguments(request: .command(command), operand: operands.first, options: options)
    }

    private mutating func consumeOperand(_ word: String) throws(ArgumentError) {
        guard let command else {
            if let group { return try consumeSecondWord(word, after: group) }
            if CommandName.groups.contains(word) {
                group = word
                return
            }
            if let command = CommandName(rawValue: word) {
                self.command = command
                return
            }
            if word == "help" {
                wantsHelp = true
                return
            }
            let known = CommandName.allCases.map(\.rawValue) + CommandName.groups
            throw .unknownCommand(
                word,
                suggestion: SettingsTable.formerNames[word]
                    ?? Spelling.suggestion(for: word, among: known))
        }
        // It may be the grant code: do not repeat it.
        if command == .authExchange { throw .grantCodeOnCommandLine }
        guard operands.isEmpty, command.operand != nil else {
            throw .surplusOperand(word, command: command)
        }
        operands.append(word)
    }

    private mutating func consumeSecondWord(
        _ word: String, after group: String
    ) throws(ArgumentError) {
        guard let command = CommandName(rawValue: "\(group) \(word)") else {
            throw .incompleteCommand(group)
        }
        self.command = command
    }

    private mutating func consumeOption(_ word: String) throws(ArgumentError) {
        // Split by scalars: as a Character, "=" would absorb a combining mark at the start of the
        // value.
        let parts = word.unicodeScalars
            .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map { String($0) }
        let spelling = parts[0]
        guard let row = SettingsTable.row(option: spelling) else {
            if let secret = Credentials.Name.allCases.first(where: { $0.option == spelling }) {
                throw .secretOnCommandLine(option: spelling, variable: secret.variable)
            }
            if Self.grantCodes.contains(spelling) { throw .grantCodeOnCommandLine }
            throw .unknownOption(spelling, suggestion: suggestion(for: spelling))
        }
        if !row.type.isRepeatable, options.contains(where: { $0.row == row }) {
            throw .repeatedOption(row)
        }
        var value = ""
        if row.option?.placeholder == nil {
            guard parts.count == 1 else { throw .surplusValue(row) }
        } else if parts.count == 2 {
            value = parts[1]
            guard !value.isEmpty else { throw .missingValue(row) }
        } else {
            // A value cannot look like an option: in `--job --yes` the name is missing.
            guard index < words.count, !words[index].isEmpty,
                !words[index].hasPrefix("-") || Self.isNegativeNumber(words[index])
            else { throw .missingValue(row) }
            value = words[index]
            index += 1
        }
        options.append(Arguments.Option(row, value: value))
    }

    private func suggestion(for spelling: String) -> String? {
        if let present = SettingsTable.formerNames[spelling] { return present }
        let candidates = (command?.options ?? SettingsTable.rows).compactMap(\.option?.spelling)
        let word = String(spelling.drop { $0 == "-" })
        return Spelling.suggestion(for: word, among: candidates.map { String($0.dropFirst(2)) })
            .map { "--" + $0 }
    }

    /// Treat it as a value, so that the message is about the number.
    private static func isNegativeNumber(_ word: String) -> Bool {
        guard let second = word.utf8.dropFirst().first else { return false }
        return second >= 0x30 && second <= 0x39
    }

    /// Arguments are bytes; invalid UTF-8 has already become U+FFFD.
    private static func isUnreadable(_ word: String) -> Bool {
        word.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0 == "\u{FFFD}" }
    }

    private static let grantCodes = ["--code", "--grant-code", "--grant-token", "--grant"]
}

extension Arguments {
    /// Options to repeat in suggested commands, so that they use the same state and settings.
    /// Shell-quoted, each preceded by a space.
    package var suggestedOptions: String {
        [SettingRow.at(\.output.configuration), .at(\.runs.state)].compactMap { row in
            guard let option = row.option, let value = values(of: row).last else { return nil }
            return " \(option.spelling) \(ShellWord.quoted(value))"
        }.joined()
    }
}
