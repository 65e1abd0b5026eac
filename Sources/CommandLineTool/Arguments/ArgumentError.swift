internal import JobModel

/// An error in the command line (exit status 64). Values only; `message` renders them.
package enum ArgumentError: Error, Equatable, Sendable {
    case noCommand
    case unknownCommand(String, suggestion: String?)
    case unknownOption(String, suggestion: String?)
    /// A known option that this command does not support.
    case foreignOption(SettingRow, command: CommandName)
    case missingValue(SettingRow)
    case surplusValue(SettingRow)
    case repeatedOption(SettingRow)
    case missingOperand(CommandName)
    case surplusOperand(String, command: CommandName)
    /// A secret was given as an argument, where every local user can read it.
    case secretOnCommandLine(option: String, variable: String)
    /// The same for a grant code, which is not repeated in the message.
    case grantCodeOnCommandLine
    /// `auth` alone or with an unknown second word.
    case incompleteCommand(String)
    case badValue(ValueError, option: SettingRow)
    /// Conflicting options, or an option that is not allowed here.
    case conflict(String)
    /// Invalid UTF-8, or control characters.
    case unreadableArgument(index: Int)
}

extension ArgumentError {
    /// One line: what was given, what was expected.
    package var message: String {
        switch self {
        case .noCommand: "no command given"
        case .unknownCommand(let text, let suggestion):
            "unknown command \(SafeText.quoted(text))" + didYouMean(suggestion)
        case .unknownOption(let text, let suggestion):
            "unknown option \(SafeText.quoted(text))" + didYouMean(suggestion)
        case .foreignOption(.at(\.runs.overrideHalt), _):
            "--override-halt is an option of \"resume\" only, because it overrides one halt of one "
                + "run: relsweep resume RUN --override-halt N; the message of exit 76 contains "
                + "the whole command"
        case .foreignOption(let row, let command):
            "\"\(command.rawValue)\" has no option \(spelling(row)); these commands have it: "
                + row.commands.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        case .missingValue(let row):
            "\(spelling(row)) needs a value: \(row.option?.text ?? "")"
        case .surplusValue(let row): "\(spelling(row)) has no value"
        case .repeatedOption(let row): "\(spelling(row)) is given twice"
        case .missingOperand(let command):
            "\"\(command.rawValue)\" needs \(Self.article(command)) \(command.operand ?? "")"
        case .surplusOperand(let text, let command):
            if let operand = command.operand {
                "unexpected argument \(SafeText.quoted(text)): \"\(command.rawValue)\" takes one "
                    + operand
            } else {
                "unexpected argument \(SafeText.quoted(text)): \"\(command.rawValue)\" has no "
                    + "operands"
            }
        case .secretOnCommandLine(let option, let variable):
            "\(option): secrets on the command line are visible to every user; set \(variable) or "
                + "use a systemd credential"
        case .grantCodeOnCommandLine:
            "a grant code on the command line is visible to every user; pass it on standard input "
                + "or with --code-file"
        case .incompleteCommand(let group):
            "\"\(group)\" is incomplete: use "
                + CommandName.allCases.map(\.rawValue).filter { $0.hasPrefix(group + " ") }
                .map { "\"\($0)\"" }.joined(separator: " or ")
        case .badValue(let error, let row): "\(spelling(row)): \(error.message)"
        case .conflict(let text): text
        case .unreadableArgument(let index):
            "argument \(index) is not valid UTF-8 or contains control characters"
        }
    }

    private func didYouMean(_ suggestion: String?) -> String {
        suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
    }

    private static func article(_ command: CommandName) -> String {
        command.operand == "MANIFEST" ? "a" : "a run:"
    }

    private func spelling(_ row: SettingRow) -> String { row.option?.spelling ?? row.name }
}
