import CommandLineTool
import JobModel
import Testing

@Suite struct HelpTextTests {
    static let pages: [CommandName?] = [nil] + CommandName.allCases.map { $0 }

    @Test func `every page of help fits 80 columns and ends with the exit table`() {
        for page in Self.pages {
            let text = HelpText.text(page)
            for line in text.split(separator: "\n") {
                #expect(line.count <= HelpText.maximumWidth, "\(line)")
                #expect(!line.hasSuffix(" "), "\(line)")
            }
            for status in ExitStatus.allCases {
                let start = (status.rawValue < 10 ? "   " : "  ") + "\(status.rawValue)  "
                #expect(text.contains(start + status.meaning.prefix(30)))
            }
        }
    }

    @Test func `help names every option of a command and gives examples`() {
        for command in CommandName.allCases {
            let text = HelpText.text(command)
            for option in command.options {
                #expect(
                    text.contains("  \(option.spelling)")
                        || [.help, .output].contains(option)
                            && text.contains(", \(option.spelling)")
                )
            }
            #expect(!command.examples.isEmpty)
        }
    }

    @Test func `the tool's help names every command`() {
        let text = HelpText.text(nil)
        for command in CommandName.allCases { #expect(text.contains("\n  \(command.rawValue)")) }
    }

    @Test func `no command lists an option twice`() {
        for command in CommandName.allCases {
            #expect(Set(command.options).count == command.options.count, "\(command)")
        }
    }

    @Test func `every option belongs to a command, or to the tool itself`() {
        let taken = Set(CommandName.allCases.flatMap(\.options))
        #expect(OptionName.allCases.filter { !taken.contains($0) } == [.version])
    }

    @Test func `run takes every flag of the design, and each is a setting`() {
        let flags: [OptionName] = [
            .concurrency, .callsPerMinute, .timeout, .retries, .maximumCalls, .maximumFailures,
            .maximumAbsent, .maximumItems, .giveUp, .until, .state, .job, .unfinished, .again,
            .retry, .yes, .skipInvalid, .pivot, .quiet, .noProgress,
        ]
        for flag in flags {
            #expect(CommandName.run.options.contains(flag))
            #expect(CommandName.resume.options.contains(flag))
            #expect(SettingKey.allCases.contains { $0.option == flag })
        }
    }
}
