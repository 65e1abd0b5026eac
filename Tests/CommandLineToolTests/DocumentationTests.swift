import CommandLineTool
import Foundation
import JobModel
import Testing

private let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

private func text(_ path: String) throws -> String {
    try String(contentsOf: repository.appending(path: path), encoding: .utf8)
}

@Suite struct DocumentationTests {
    @Test func `README has the exit table of the code, row by row`() throws {
        let table = try text("README.md").split(separator: "\n")
            .drop { $0 != "| exit | meaning |" }.dropFirst(2).prefix { $0.hasPrefix("|") }
        let expected = JobModel.ExitStatus.allCases.map { "| \($0.rawValue) | \($0.meaning) |" }
        #expect(table.map(String.init) == expected)
    }

    @Test func `README and help name only commands and options that exist`() throws {
        let sources = try [text("README.md")] + CommandName.allCases.map { HelpText.text($0) }
        // `--job,` and `--max-items` alike: a word of two dashes.
        for source in sources {
            for match in source.matches(of: #/[^\w-]--([a-z][a-z-]*)/#) {
                let name = String(match.1)
                // swift's own option, in the commands that build.
                #expect(OptionName(rawValue: name) != nil, "--\(name)")
            }
            for match in source.matches(of: #/relsweep ([a-z]+) /#) {
                let word = String(match.1)
                let isProse = ["removes", "cleans", "run", "deletes", "is", "does", "and"].contains(
                    word)
                let isCommand =
                    CommandName(rawValue: word) != nil || CommandName.groups.contains(word)
                #expect(isCommand || isProse, "relsweep \(word)")
            }
        }
    }

    @Test func `the unit file treats exit statuses as the design says`() throws {
        let unit = try text("config/systemd/relsweep@.service")
        let prevented = JobModel.ExitStatus.allCases.map(\.rawValue).filter { $0 >= 64 && $0 != 69 }
            .map { String($0) }.joined(separator: " ")
        #expect(unit.contains("\nRestartPreventExitStatus=\(prevented)\n"))
        #expect(unit.contains("\nSuccessExitStatus=3\n"))
        #expect(unit.contains(" --yes"))
        #expect(!unit.contains("ACCESS_TOKEN="))
    }

    @Test func `every command of a systemd unit parses`() throws {
        let unit = try text("config/systemd/relsweep@.service")
        let line = try #require(unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
        let words = line.split(separator: " ").dropFirst().map(String.init)
        #expect(throws: Never.self) { try Arguments.parse(words) }
    }

    @Test func `examples of help parse`() throws {
        for command in CommandName.allCases {
            for example in command.examples {
                let joined = example.replacing("\\\n", with: " ")
                let start = try #require(joined.range(of: "relsweep "))
                let end = joined.range(of: " | jq")?.lowerBound ?? joined.endIndex
                var words: [String] = []
                // Enough of a shell for these: double quotes.
                for (index, part) in joined[start.upperBound..<end].split(
                    separator: "\"", omittingEmptySubsequences: false
                ).enumerated() {
                    if index % 2 == 1 {
                        words[words.count - 1] += part
                    } else {
                        words += part.split(separator: " ").map(String.init)
                    }
                }
                #expect(throws: Never.self, "\(words)") { try Arguments.parse(words) }
            }
        }
    }
}
