internal import JobModel

/// What is wrong with a command line. Values only; `message` renders them, and the exit status is
/// 64.
package enum ArgumentError: Error, Equatable, Sendable {
    case noCommand
    case unknownCommand(String, suggestion: String?)
    /// A command of a later version.
    case commandNotYet(String)
    case unknownOption(String, suggestion: OptionName?)
    /// A known option that this command does not take.
    case foreignOption(OptionName, command: CommandName)
    case missingValue(OptionName)
    case surplusValue(OptionName)
    case repeatedOption(OptionName)
    case missingOperand(CommandName)
    case surplusOperand(String, command: CommandName)
    /// A secret was about to be given where every user of the machine can read it.
    case secretOnCommandLine(option: String, variable: String)
    /// The same, of a grant code; nobody repeats it.
    case grantCodeOnCommandLine
    /// `auth` alone, or with a second word that makes no command.
    case incompleteCommand(String)
    case badValue(ValueError, option: OptionName)
    /// Two options, or an option and a circumstance, that exclude each other.
    case conflict(String)
    /// Bytes that are no UTF-8, or control characters.
    case unreadableArgument(index: Int)
}

extension ArgumentError {
    /// One line for people: what was seen, what was expected.
    package var message: String {
        switch self {
        case .noCommand: "no command given"
        case .unknownCommand(let text, let suggestion):
            "unknown command \(SafeText.quoted(text))" + didYouMean(suggestion)
        case .commandNotYet(let name):
            "the command \"\(name)\" is not in this version; it comes with a later one"
        case .unknownOption(let text, let suggestion):
            "unknown option \(SafeText.quoted(text))" + didYouMean(suggestion?.spelling)
        case .foreignOption(.overrideHalt, _):
            "--override-halt is one person's decision about one halt, given to \"resume\" alone: "
                + "relsweep resume RUN --override-halt N; the message of exit 76 has the whole "
                + "command"
        case .foreignOption(let option, let command):
            "\(option.spelling) is not an option of \"\(command.rawValue)\"; it belongs to "
                + Self.commands(taking: option)
        case .missingValue(let option):
            "\(option.spelling) needs a value: \(option.spelling) \(option.placeholder ?? "")"
        case .surplusValue(let option):
            "\(option.spelling) takes no value"
        case .repeatedOption(let option):
            "\(option.spelling) is given twice"
        case .missingOperand(let command):
            "\"\(command.rawValue)\" needs \(Self.article(command)) \(command.operand ?? "")"
        case .surplusOperand(let text, let command):
            if let operand = command.operand {
                "unexpected argument \(SafeText.quoted(text)): \"\(command.rawValue)\" takes one "
                    + operand
            } else {
                "unexpected argument \(SafeText.quoted(text)): \"\(command.rawValue)\" takes "
                    + "options only"
            }
        case .secretOnCommandLine(let option, let variable):
            "\(option) is not taken from the command line, where every process can read it; "
                + "set \(variable) or use a systemd credential"
        case .grantCodeOnCommandLine:
            "a grant code is not taken from the command line, where every process can read it; "
                + "give it on standard input or with --code-file"
        case .incompleteCommand(let group):
            "\"\(group)\" is no command by itself; there are "
                + CommandName.allCases.map(\.rawValue).filter { $0.hasPrefix(group + " ") }
                .map { "\"\($0)\"" }.joined(separator: " and ")
        case .badValue(let error, let option):
            "\(option.spelling): \(error.message)"
        case .conflict(let text): text
        case .unreadableArgument(let index):
            "argument \(index) is not valid UTF-8, or holds control characters"
        }
    }

    private func didYouMean(_ suggestion: String?) -> String {
        suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
    }

    private static func article(_ command: CommandName) -> String {
        command.operand == "MANIFEST" ? "a" : "a run:"
    }

    private static func commands(taking option: OptionName) -> String {
        CommandName.allCases.filter { $0.options.contains(option) }
            .map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    }
}
