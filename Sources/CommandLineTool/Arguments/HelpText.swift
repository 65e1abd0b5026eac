internal import JobModel

/// The text of `--help`: made of the same data that the parser uses, at most 80 columns wide.
package enum HelpText {
    package static let maximumWidth = 80
    private static let textColumn = 30

    /// Help of a command, or of the whole tool.
    package static func text(_ command: CommandName?) -> String {
        let lines = command.map { self.command($0) } ?? tool()
        return lines.joined(separator: "\n") + "\n"
    }

    /// One line for an error message.
    package static func hint(_ command: CommandName?) -> String {
        "see relsweep \(command.map { $0.rawValue + " " } ?? "")--help"
    }

    private static func tool() -> [String] {
        var lines = [
            "relsweep removes and updates relations between Zoho CRM records, and deletes",
            "attachments and Creator records, in bulk, from a manifest, inside the account's",
            "limits; it can be stopped and carried on at any time.",
            "",
            "Usage: relsweep COMMAND [options]",
            "",
            "Commands:",
        ]
        for command in CommandName.allCases {
            lines += row("  " + usage(command), command.summary)
        }
        lines += [
            "",
            "Every command takes --help. Settings come from options, then from environment",
            "variables, then from the file of --config or $RELSWEEP_CONFIG. Secrets come from",
            "the environment, from systemd credentials or from files that the configuration",
            "names, never from the command line:",
        ]
        lines += variables.flatMap { row("  " + $0.name, $0.meaning) }
        lines += ["", "Try it, with nothing but this program:"]
        lines += ["  relsweep run jobs/campaign-cleanup.csv --sandbox", ""]
        return lines + exitTable()
    }

    private static func command(_ command: CommandName) -> [String] {
        var lines = ["Usage: relsweep \(usage(command)) [options]", ""]
        lines += command.description
        lines += ["", "Options:"]
        for option in command.options {
            let name =
                switch option {
                case .help: "-h, --help"
                case .output: "-o, --output"
                default: option.spelling
                }
            let label = "  " + name + (option.placeholder.map { " " + $0 } ?? "")
            lines += row(label, option.summary + standard(option))
        }
        lines += ["", "Examples:"]
        for example in command.examples { lines += ["  " + example] }
        return lines + [""] + exitTable()
    }

    /// `Exit status:` and a line for each; the README has the same table.
    private static func exitTable() -> [String] {
        ["Exit status:"]
            + ExitStatus.allCases.flatMap { status in
                row("  \(status.rawValue < 10 ? " " : "")\(status.rawValue)", status.meaning, at: 6)
            }
    }

    private static func usage(_ command: CommandName) -> String {
        guard let operand = command.operand else { return command.rawValue }
        return command.rawValue + (command.needsOperand ? " \(operand)" : " [\(operand)]")
    }

    /// The default of the option's setting, where it has one worth saying.
    private static func standard(_ option: OptionName) -> String {
        guard let key = SettingKey.allCases.first(where: { $0.option == option }) else { return "" }
        switch key.defaultValue {
        case .integer(let value)?: return " (default \(value))"
        case .duration(let value)?: return " (default \(DurationText.exact(value)))"
        case .percent(let value)?: return " (default \(percent(value)))"
        case .failureBudget(.percent(let value, let minimum))?:
            return " (default \(percent(value)) after \(minimum))"
        case .text(let value)? where key == .pivot || key == .unfinished:
            return " (default \(value))"
        default: return ""
        }
    }

    static func percent(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))%" : "\(value)%"
    }

    /// A label and its text, the text broken into lines that fit.
    private static func row(_ label: String, _ text: String, at column: Int = textColumn)
        -> [String]
    {
        var lines: [String] = []
        var line = label
        if label.count + 2 > column {
            lines.append(label)
            line = ""
        }
        line += String(repeating: " ", count: column - line.count)
        var isStart = true
        for word in text.split(separator: " ") {
            if !isStart, line.count + 1 + word.count > maximumWidth {
                lines.append(line)
                line = String(repeating: " ", count: column)
                isStart = true
            }
            line += (isStart ? "" : " ") + word
            isStart = false
        }
        return lines + [line]
    }

    private static let variables: [(name: String, meaning: String)] = [
        ("RELSWEEP_REFRESH_TOKEN", "gets access tokens, with the two below"),
        ("RELSWEEP_CLIENT_ID", "of the client that the refresh token was made for"),
        ("RELSWEEP_CLIENT_SECRET", "of that client"),
        ("RELSWEEP_ACCESS_TOKEN", "one access token instead; nobody can renew it"),
        ("RELSWEEP_DATA_CENTER", "us, eu, in, au, jp, cn, ca, sa, uk or ae"),
        ("RELSWEEP_API_DOMAIN", "address of the CRM API, instead of the data centre's"),
        ("RELSWEEP_ACCOUNTS_URL", "address of the accounts server"),
        ("RELSWEEP_CREATOR_URL", "address of the Creator API"),
        ("RELSWEEP_CONFIG", "settings file, if there is no --config"),
    ]
}
