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
    /// Compares a document with what the code makes of it, or writes it.
    private func compare(_ path: String, with expected: String) throws {
        let file = repository.appending(path: path)
        if ProcessInfo.processInfo.environment["UPDATE_DOCUMENTS"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(expected.utf8).write(to: file)
        }
        let found = try text(path).split(separator: "\n", omittingEmptySubsequences: false)
        let lines = expected.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, (found, expected)) in zip(found, lines).enumerated() where found != expected {
            Issue.record(
                """
                \(path):\(index + 1) is \(found), and the table of settings says \(expected): \
                UPDATE_DOCUMENTS=1 swift test --filter DocumentationTests
                """)
            return
        }
        #expect(found.count == lines.count, "\(path) has more or fewer lines than it should")
    }

    @Test func `the documented configuration is made of the table of settings`() throws {
        let path = "config/relsweep.json5"
        let head = try text(path).prefix { $0 != "{" }
        try compare(path, with: head + Documents.configuration())
        let configuration = try Configuration.parse(Array(text(path).utf8))
        #expect(configuration.entries.map(\.row) == SettingsTable.rows.filter { $0.key != nil })
        for entry in configuration.entries {
            #expect(entry.value?.text == entry.row.defaultValue.text, "\(entry.row)")
        }
    }

    @Test func `README's tables are made of the table of settings`() throws {
        try compare("README.md", with: Documents.readme(text("README.md")))
    }

    @Test func `the completion for bash is made of the table of settings`() throws {
        try compare("config/completion/relsweep.bash", with: Documents.completion())
    }

    @Test func `README and help name only commands and options that exist`() throws {
        let sources = try [text("README.md")] + CommandName.allCases.map { HelpText.text($0) }
        // `--job,` and `--max-items` alike: a word of two dashes.
        for source in sources {
            for match in source.matches(of: #/[^\w-]--([a-z][a-z-]*)/#) {
                let name = String(match.1)
                // swift's own option, in the commands that build.
                #expect(SettingsTable.row(option: "--" + name) != nil, "--\(name)")
            }
            for match in source.matches(of: #/relsweep ([a-z]+) /#) {
                let word = String(match.1)
                let isProse = [
                    "removes", "cleans", "run", "runs", "prompts", "deletes", "is", "does", "and",
                ].contains(
                    word)
                let isCommand =
                    CommandName(rawValue: word) != nil || CommandName.groups.contains(word)
                #expect(isCommand || isProse, "relsweep \(word)")
            }
        }
    }

    @Test func `the unit file treats exit statuses as README says`() throws {
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
