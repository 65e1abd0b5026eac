internal import JobModel

/// A command line, taken apart: which command, its options with their values as written, its
/// operand.
///
/// Grammar: the command is the first argument that is no option; `--name value`, `--name=value`,
/// `--flag`; `--` ends the options; `-` alone is an operand (standard input); no abbreviations, no
/// bundles of letters.
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
        package var name: OptionName
        /// Empty for an option without a value.
        package var value: String

        package init(name: OptionName, value: String = "") {
            self.name = name
            self.value = value
        }
    }

    package init(request: Request, operand: String? = nil, options: [Option] = []) {
        self.request = request
        self.operand = operand
        self.options = options
    }

    /// The values of an option, in the order given; empty when it was not.
    package func values(of name: OptionName) -> [String] {
        options.filter { $0.name == name }.map(\.value)
    }

    package func has(_ name: OptionName) -> Bool { options.contains { $0.name == name } }

    package func value(of name: OptionName) -> String? {
        options.last { $0.name == name }?.value
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
                for word in words[index...] { try takeOperand(word) }
                break
            } else if word == "-h" || word == "--help" {
                wantsHelp = true
            } else if word == "--version" {
                wantsVersion = true
            } else if word.hasPrefix("-"), word != "-" {
                try takeOption(word)
            } else {
                try takeOperand(word)
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
        // Only now is the command known for options that stood before it.
        for option in options where !command.options.contains(option.name) {
            throw .foreignOption(option.name, command: command)
        }
        if command.needsOperand, operands.isEmpty { throw .missingOperand(command) }
        return Arguments(request: .command(command), operand: operands.first, options: options)
    }

    private mutating func takeOperand(_ word: String) throws(ArgumentError) {
        guard let command else {
            if let group { return try takeSecondWord(word, after: group) }
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
            if CommandName.later.contains(word) { throw .commandNotYet(word) }
            let known =
                CommandName.allCases.map(\.rawValue) + CommandName.later + CommandName.groups
            throw .unknownCommand(word, suggestion: Spelling.suggestion(for: word, among: known))
        }
        // Whatever it is, it may be the code: it is not repeated.
        if command == .authExchange { throw .grantCodeOnCommandLine }
        guard operands.isEmpty, command.operand != nil else {
            throw .surplusOperand(word, command: command)
        }
        operands.append(word)
    }

    private mutating func takeSecondWord(
        _ word: String, after group: String
    ) throws(ArgumentError) {
        guard let command = CommandName(rawValue: "\(group) \(word)") else {
            throw .incompleteCommand(group)
        }
        self.command = command
    }

    private mutating func takeOption(_ word: String) throws(ArgumentError) {
        // By scalars: as a character "=" may swallow a combining mark that a value begins with.
        let parts = word.unicodeScalars
            .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map { String($0) }
        // The one short option beside -h.
        let spelling = parts[0] == "-o" ? OptionName.output.spelling : parts[0]
        guard let name = Self.option(spelled: spelling) else {
            if let variable = Self.secrets.first(where: { $0.option == spelling })?.variable {
                throw .secretOnCommandLine(option: spelling, variable: variable)
            }
            if Self.grantCodes.contains(spelling) { throw .grantCodeOnCommandLine }
            throw .unknownOption(spelling, suggestion: suggestion(for: spelling))
        }
        if !name.isRepeatable, options.contains(where: { $0.name == name }) {
            throw .repeatedOption(name)
        }
        var value = ""
        if name.placeholder == nil {
            guard parts.count == 1 else { throw .surplusValue(name) }
        } else if parts.count == 2 {
            value = parts[1]
            guard !value.isEmpty else { throw .missingValue(name) }
        } else {
            // What looks like an option is no value: `--job --yes` is a forgotten name, not a job
            // called "--yes".
            guard index < words.count, !words[index].isEmpty,
                !words[index].hasPrefix("-") || Self.isNegativeNumber(words[index])
            else { throw .missingValue(name) }
            value = words[index]
            index += 1
        }
        options.append(Arguments.Option(name: name, value: value))
    }

    private func suggestion(for spelling: String) -> OptionName? {
        let candidates = command.map { $0.options } ?? OptionName.allCases
        let word = String(spelling.drop { $0 == "-" })
        let nearest = Spelling.suggestion(for: word, among: candidates.map(\.rawValue))
        return nearest.flatMap { OptionName(rawValue: $0) }
    }

    private static func option(spelled spelling: String) -> OptionName? {
        guard spelling.hasPrefix("--") else { return nil }
        return OptionName(rawValue: String(spelling.dropFirst(2)))
    }

    /// Taken as a value, so that the message speaks of the number and not of an option.
    private static func isNegativeNumber(_ word: String) -> Bool {
        guard let second = word.utf8.dropFirst().first else { return false }
        return second >= 0x30 && second <= 0x39
    }

    /// Arguments come from the kernel as bytes; what was no UTF-8 has become U+FFFD on the way.
    private static func isUnreadable(_ word: String) -> Bool {
        word.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0 == "\u{FFFD}" }
    }

    private static let grantCodes = ["--code", "--grant-code", "--grant-token", "--grant"]

    private static let secrets: [(option: String, variable: String)] = [
        ("--access-token", "RELSWEEP_ACCESS_TOKEN"),
        ("--refresh-token", "RELSWEEP_REFRESH_TOKEN"),
        ("--client-secret", "RELSWEEP_CLIENT_SECRET"),
        ("--client-id", "RELSWEEP_CLIENT_ID"),
    ]
}
