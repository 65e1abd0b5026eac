import Foundation
import JobModel

@testable import CommandLineTool

/// What is written down outside of the code, made of the table of settings. The tests compare it;
/// `UPDATE_DOCUMENTS=1 swift test --filter DocumentationTests` writes it.
enum Documents {
    // MARK: config/relsweep.json5

    /// The documented configuration file, from its first brace on.
    static func configuration() -> String {
        var lines = ["{"]
        for (title, rows) in SettingsTable.groups where rows.contains(where: { $0.key != nil }) {
            if lines.count > 1 { lines.append("") }
            lines += ["  // ---- \(title) ----", ""]
            var object = ""
            for row in rows {
                guard let key = row.key else { continue }
                let parts = key.split(separator: ".").map(String.init)
                let parent = parts.count == 1 ? "" : parts[0]
                if parent != object {
                    if !object.isEmpty { lines.append("  },") }
                    if !parent.isEmpty { lines.append("  \(parent): {") }
                    object = parent
                }
                let indent = parent.isEmpty ? "  " : "    "
                lines += comment(row).map { indent + "// " + $0 }
                let example = row.example.map { " // " + $0 } ?? ""
                lines.append("\(indent)\(parts[parts.count - 1]): \(literal(row)),\(example)")
            }
            if !object.isEmpty { lines.append("  },") }
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private static func comment(_ row: SettingRow) -> [String] {
        let help = row.meaning()
        var words = [help.prefix(1).uppercased() + help.dropFirst() + ".", row.more]
        if let option = row.option { words.append(option.spelling) }
        if let variable = row.variable { words.append("$" + variable) }
        if row.isPinned { words.append("[pinned]") }
        return wrapped(words.filter { !$0.isEmpty }.joined(separator: " "), 93)
    }

    private static func literal(_ row: SettingRow) -> String {
        let text = row.defaultValue.text
        switch row.type.form {
        case .flag, .number: return text ?? "null"
        case .numberOrText, .text: return text.map { "\"\($0)\"" } ?? "null"
        case .array: return "[]"
        case .object: return "{}"
        }
    }

    private static func wrapped(_ text: String, _ width: Int) -> [String] {
        text.split(separator: " ").reduce(into: []) { lines, word in
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
    }

    // MARK: README.md

    /// The tables of README, by the names in their markers.
    static var tables: [String: [[String]]] {
        [
            "commands": commands, "exit-codes": exits, "settings": settings, "options": options,
            "variables": variables,
        ]
    }

    private static var commands: [[String]] {
        [["command", "what it does"]]
            + CommandName.allCases.map { ["`relsweep \($0.usage)`", $0.summary] }
    }

    private static var exits: [[String]] {
        var columns: [(commands: [CommandName], exits: [JobModel.ExitStatus])] = []
        for command in CommandName.allCases {
            if let index = columns.firstIndex(where: { $0.exits == command.exits }) {
                columns[index].commands.append(command)
            } else {
                columns.append(([command], command.exits))
            }
        }
        return [
            ["exit", "meaning"]
                + columns.map { $0.commands.map(\.rawValue).joined(separator: ", ") }
        ]
            + JobModel.ExitStatus.allCases.map { status in
                ["\(status.rawValue)", status.meaning]
                    + columns.map { $0.exits.contains(status) ? "✓" : "" }
            }
    }

    private static var settings: [[String]] {
        var lines = [["key", "default", "option", "pinned", "meaning"]]
        for (title, rows) in SettingsTable.groups where rows.contains(where: { $0.key != nil }) {
            lines.append(["**\(title)**", "", "", "", ""])
            for row in rows {
                guard let key = row.key else { continue }
                let value = row.type.form == .array ? "[]" : row.defaultValue.text ?? ""
                lines.append([
                    "`\(key)`", value.isEmpty ? "" : "`\(value)`",
                    row.option.map { "`\($0.spelling)`" } ?? "", row.isPinned ? "yes" : "",
                    row.meaning() + (row.variable.map { "; `$\($0)`" } ?? ""),
                ])
            }
        }
        return lines
    }

    private static var options: [[String]] {
        [["option", "commands", "meaning"]]
            + SettingsTable.rows.filter { $0.key == nil }.compactMap { row in
                guard let option = row.option else { return nil }
                let all = row.commands.count == CommandName.allCases.count
                let commands = row.commands.map(\.rawValue).joined(separator: ", ")
                return ["`\(option.text)`", all ? "all" : commands, row.meaning()]
            }
    }

    private static var variables: [[String]] {
        [["variable", "systemd credential", "contents"]]
            + SettingsTable.variables.map { variable in
                let credential = Credentials.fileName(of: variable.name)
                return ["`\(variable.name)`", "`\(credential)`", variable.help]
            }
    }

    static func markdown(_ table: [[String]]) -> String {
        let lines = table.map { cells in
            "|"
                + cells.map {
                    $0.isEmpty ? " |" : " " + $0.replacing("|", with: "\\|") + " |"
                }.joined()
        }
        let rule = "|" + String(repeating: "---|", count: table[0].count)
        return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n") + "\n"
    }

    /// A README whose tables are those of the code.
    static func readme(_ text: String) throws -> String {
        var text = text
        for (name, table) in tables {
            let (begin, end) = ("<!-- \(name): begin -->\n", "<!-- \(name): end -->")
            guard let start = text.range(of: begin)?.upperBound,
                let stop = text.range(of: end, range: start..<text.endIndex)?.lowerBound
            else { throw MissingMarker(name: name) }
            text.replaceSubrange(start..<stop, with: markdown(table))
        }
        return text
    }

    struct MissingMarker: Error { let name: String }

    // MARK: config/completion/relsweep.bash

    static func completion() -> String {
        let values = SettingsTable.rows.compactMap { row -> String? in
            guard let option = row.option, let placeholder = option.placeholder else { return nil }
            let words = row.type.choices.joined(separator: " ")
            let action =
                placeholder == "FILE" ? "-f" : placeholder == "DIR" ? "-d" : "-W '\(words)'"
            guard !words.isEmpty || !action.hasPrefix("-W") else { return nil }
            let spellings = [option.short, option.spelling].compactMap { $0 }
            return "    \(spellings.joined(separator: " | "))) values=(\(action)) ;;"
        }
        let free = SettingsTable.rows.compactMap(\.option).filter { option in
            option.placeholder != nil && !values.contains { $0.contains(option.spelling + ")") }
        }
        let options = CommandName.allCases.map { command in
            let words = command.options.compactMap(\.option?.spelling).joined(separator: " ")
            return "    '\(command.rawValue)') options='\(words)' ;;"
        }
        let groups = CommandName.groups.map { group in
            let words = CommandName.allCases.map(\.rawValue).filter { $0.hasPrefix(group + " ") }
                .map { String($0.dropFirst(group.count + 1)) }
            return "    '\(group)') options='\(words.joined(separator: " "))' ;;"
        }
        let commands =
            CommandName.allCases.map(\.rawValue).filter { !$0.contains(" ") } + CommandName.groups
        let pattern = CommandName.groups.joined(separator: " | ")
        return """
            # Completion of relsweep's command line for bash: source this file, or install it as
            # /usr/share/bash-completion/completions/relsweep. Made by DocumentationTests.
            _relsweep() {
              local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}"
              local command='' options='' word values=()
              case "$previous" in
            \(values.joined(separator: "\n"))
                \(free.map(\.spelling).joined(separator: " | "))) return ;;
              esac
              if ((${#values[@]})); then
                mapfile -t COMPREPLY < <(compgen "${values[@]}" -- "$current")
                return
              fi
              for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "$command" in
                '') [[ "$word" == -* ]] || command="$word" ;;
                \(pattern)) [[ "$word" == -* ]] || command+=" $word" ;;
                esac
              done
              case "$command" in
                '') options='\((commands + ["--help", "--version"]).joined(separator: " "))' ;;
            \((options + groups).joined(separator: "\n"))
              esac
              if [[ "$current" == -* || -z "$command" || "$command" == @(\(pattern)) ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
              else
                mapfile -t COMPREPLY < <(compgen -f -- "$current")
              fi
            }
            complete -o filenames -F _relsweep relsweep

            """
    }
}
