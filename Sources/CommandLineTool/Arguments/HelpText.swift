internal import JobModel
internal import Reporting

/// The text of `--help`: made of the table of settings, at most 80 columns wide.
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
        paragraph(
            """
            relsweep runs bulk clean-up jobs in Zoho CRM and Zoho Creator. It removes or updates \
            relations between records, deletes attachments and Creator records, and lists what \
            was related to deleted records. A run can be stopped and resumed at any time.
            """) + ["", "Usage: relsweep COMMAND [options]", "", "Commands:"]
            + CommandName.allCases.flatMap { row("  " + $0.usage, $0.summary) } + [""]
            + paragraph(
                """
                "relsweep COMMAND --help" describes the options of a command. Settings are read \
                from options, then environment variables or systemd credentials, then the \
                configuration file. Secrets are never read from the command line:
                """) + SettingsTable.variables.flatMap { row("  " + $0.name, $0.help) }
            + [
                "", "Try it, in the source directory:",
                "  relsweep run jobs/campaign-cleanup.csv --simulate", "",
            ] + exitTable(ExitStatus.allCases)
    }

    private static func command(_ command: CommandName) -> [String] {
        var lines = ["Usage: relsweep \(command.usage) [options]", ""]
        lines += paragraph(command.description)
        for (title, rows) in SettingsTable.groups {
            let options = rows.filter { $0.commands.contains(command) }
            if !options.isEmpty { lines += ["", title + ":"] }
            for option in options {
                lines += row("  " + (option.option?.text ?? ""), text(option, of: command))
            }
        }
        lines += ["", "Examples:"]
        for example in command.examples { lines += ["  " + example] }
        return lines + [""] + exitTable(command.exits)
    }

    /// What the option does, and the default of its setting where it has one worth saying.
    private static func text(_ row: SettingRow, of command: CommandName) -> String {
        let showsChoices = row.option?.placeholder?.contains("|") != true
        let help = showsChoices ? row.meaning(command) : row.help(command)
        switch row.type.form {
        case .flag, .array, .object: return help
        case .number, .numberOrText, .text:
            return help + (row.defaultValue.text.map { " (default \($0))" } ?? "")
        }
    }

    /// `Exit status:` and a line for each.
    private static func exitTable(_ exits: [ExitStatus]) -> [String] {
        ["Exit status (treat any other as failure):"]
            + exits.flatMap { status in
                row("  \(status.rawValue < 10 ? " " : "")\(status.rawValue)", status.meaning, at: 6)
            }
    }

    private static func paragraph(_ text: String) -> [String] {
        TextLayout.wrapped(text, width: maximumWidth)
    }

    /// A label with its word-wrapped text.
    private static func row(
        _ label: String, _ text: String, at column: Int = textColumn
    ) -> [String] {
        var lines = TextLayout.wrapped(text, width: maximumWidth - column)
            .map { String(repeating: " ", count: column) + $0 }
        if label.count + 2 > column { return [label] + lines }
        lines[0] = label + lines[0].dropFirst(label.count)
        return lines
    }
}
