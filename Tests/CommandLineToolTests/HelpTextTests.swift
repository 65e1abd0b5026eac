import CommandLineTool
import JobModel
import Testing

@Suite struct HelpTextTests {
    static let pages: [CommandName?] = [nil] + CommandName.allCases.map { $0 }

    @Test func `every page of help fits 80 columns and ends with the exits of its command`() {
        for page in Self.pages {
            let text = HelpText.text(page)
            for line in text.split(separator: "\n") {
                #expect(line.count <= HelpText.maximumWidth, "\(line)")
                #expect(!line.hasSuffix(" "), "\(line)")
            }
            let exits = page?.exits ?? ExitStatus.allCases
            for status in ExitStatus.allCases {
                let start = (status.rawValue < 10 ? "   " : "  ") + "\(status.rawValue)  "
                let line = start + status.meaning.prefix(30)
                #expect(text.contains(line) == exits.contains(status), "\(line)")
            }
        }
    }

    @Test func `help names the options of a command and no others, and gives examples`() {
        for command in CommandName.allCases {
            let text = HelpText.text(command)
            for row in SettingsTable.rows {
                guard let option = row.option else { continue }
                let isNamed = text.contains("\n  \(option.text)")
                #expect(isNamed == command.options.contains(row), "\(command) \(option.text)")
            }
            #expect(!command.examples.isEmpty)
        }
    }

    @Test func `the tool's help names every command`() {
        let text = HelpText.text(nil)
        for command in CommandName.allCases { #expect(text.contains("\n  \(command.rawValue)")) }
    }

    @Test func `every row has a name of its own, and every option a command`() {
        let rows = SettingsTable.rows
        #expect(Set(rows.map(\.name)).count == rows.count)
        let options = rows.compactMap(\.option)
        let spellings = options.map(\.spelling) + options.compactMap(\.short)
        #expect(Set(spellings).count == spellings.count)
        let unused = rows.filter { $0.option != nil && $0.commands.isEmpty }
        #expect(unused == [.at(\.output.version)])
        #expect(rows.count > 70)
    }

    @Test func `help shows defaults`() {
        func words(_ command: CommandName) -> String {
            HelpText.text(command).split { $0.isWhitespace }.joined(separator: " ")
        }
        #expect(words(.run).contains("maximum time for one call (default 1m)"))
        #expect(words(.discover).contains("or a plain list (default delink)"))
    }
}
