import CommandLineTool
import Testing

@Suite struct ArgumentsTests {
    struct Good: Sendable, CustomTestStringConvertible {
        let words: [String]
        let expected: Arguments
        var testDescription: String { words.joined(separator: " ") }
    }

    private static func run(
        _ operand: String?, _ options: [(SettingRow, String)] = [], _ name: CommandName = .run
    ) -> Arguments {
        var arguments = Arguments(request: .command(name), operand: operand)
        arguments.options = options.map { Arguments.Option($0.0, value: $0.1) }
        return arguments
    }

    static let good: [Good] = [
        Good(words: ["run", "a.csv"], expected: run("a.csv")),
        Good(words: ["run", "-"], expected: run("-")),
        Good(words: ["run", "--", "--odd.csv"], expected: run("--odd.csv")),
        Good(
            words: ["run", "--yes", "--", "a.csv"], expected: run("a.csv", [(.at(\.runs.yes), "")])),
        Good(
            words: ["run", "--concurrency", "9", "a.csv"],
            expected: run("a.csv", [(.at(\.speed.concurrency), "9")])),
        Good(
            words: ["run", "a.csv", "--concurrency=9"],
            expected: run("a.csv", [(.at(\.speed.concurrency), "9")])),
        Good(words: ["--yes", "run", "a.csv"], expected: run("a.csv", [(.at(\.runs.yes), "")])),
        Good(
            words: ["run", "a.csv", "--column", "record_id=Campaign Id", "--column=module=A=B"],
            expected: run(
                "a.csv",
                [
                    (.at(\.manifest.columns), "record_id=Campaign Id"),
                    (.at(\.manifest.columns), "module=A=B"),
                ])),
        // Found by fuzzing: U+034C combines with the preceding "=".
        Good(
            words: ["run", "a.csv", "--column=\u{34C}=B", "--job=\u{301}"],
            expected: run(
                "a.csv", [(.at(\.manifest.columns), "\u{34C}=B"), (.at(\.runs.job), "\u{301}")])),
        Good(
            words: ["resume", "r", "--retry", "failed", "--retry", "unknown"],
            expected: run(
                "r", [(.at(\.runs.retry), "failed"), (.at(\.runs.retry), "unknown")], .resume)),
        Good(words: ["status"], expected: run(nil, [], .status)),
        Good(
            words: ["simulator", "--port", "0"],
            expected: run(nil, [(.at(\.simulation.port), "0")], .simulator)),
        Good(
            words: ["run", "a", "--max-failures", "-1"],
            expected: run("a", [(.at(\.limits.maximumFailures), "-1")])),
        Good(words: ["--help"], expected: Arguments(request: .help(nil))),
        Good(words: ["help"], expected: Arguments(request: .help(nil))),
        Good(words: ["help", "run"], expected: Arguments(request: .help(.run))),
        Good(words: ["run", "-h"], expected: Arguments(request: .help(.run))),
        Good(words: ["run", "--help", "--yes"], expected: Arguments(request: .help(.run))),
        Good(words: ["--version"], expected: Arguments(request: .version)),
    ]

    @Test(arguments: good) func `a command line is taken apart`(_ example: Good) throws {
        #expect(try Arguments.parse(example.words) == example.expected)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let words: [String]
        let error: ArgumentError
        let message: String
        var testDescription: String { words.joined(separator: " ") }
    }

    static let bad: [Bad] = [
        Bad(words: [], error: .noCommand, message: "no command given"),
        Bad(
            words: ["stauts"], error: .unknownCommand("stauts", suggestion: "status"),
            message: "unknown command \"stauts\"; did you mean \"status\"?"),
        Bad(
            words: ["frobnicate"], error: .unknownCommand("frobnicate", suggestion: nil),
            message: "unknown command \"frobnicate\""),
        Bad(
            words: ["undo", "x"], error: .unknownCommand("undo", suggestion: nil),
            message: "unknown command \"undo\""),
        Bad(
            words: ["run", "--concurency", "4"],
            error: .unknownOption("--concurency", suggestion: "--concurrency"),
            message: "unknown option \"--concurency\"; did you mean \"--concurrency\"?"),
        Bad(
            words: ["sandbox"], error: .unknownCommand("sandbox", suggestion: "simulator"),
            message: "unknown command \"sandbox\"; did you mean \"simulator\"?"),
        Bad(
            words: ["run", "--sandbox"],
            error: .unknownOption("--sandbox", suggestion: "--simulate"),
            message: "unknown option \"--sandbox\"; did you mean \"--simulate\"?"),
        Bad(
            words: ["run", "--xyzzy=1"], error: .unknownOption("--xyzzy", suggestion: nil),
            message: "unknown option \"--xyzzy\""),
        Bad(
            words: ["run", "-q"], error: .unknownOption("-q", suggestion: nil),
            message: "unknown option \"-q\""),
        Bad(
            words: ["plan", "a", "--yes"], error: .foreignOption(.at(\.runs.yes), command: .plan),
            message: "\"plan\" has no option --yes; these commands have it: \"run\""),
        Bad(
            words: ["run", "a", "--timeout"], error: .missingValue(.at(\.speed.timeout)),
            message: "--timeout needs a value: --timeout TIME"),
        Bad(
            words: ["run", "a", "--job", "--yes"], error: .missingValue(.at(\.runs.job)),
            message: "--job needs a value: --job NAME"),
        Bad(
            words: ["run", "a", "--job="], error: .missingValue(.at(\.runs.job)),
            message: "--job needs a value: --job NAME"),
        Bad(
            words: ["run", "a", "--yes=1"], error: .surplusValue(.at(\.runs.yes)),
            message: "--yes has no value"),
        Bad(
            words: ["run", "a", "--yes", "--yes"], error: .repeatedOption(.at(\.runs.yes)),
            message: "--yes is given twice"),
        Bad(
            words: ["run", "--yes"], error: .missingOperand(.run),
            message: "\"run\" needs a MANIFEST"),
        Bad(
            words: ["resume"], error: .missingOperand(.resume),
            message: "\"resume\" needs a run: JOURNAL|RUN"),
        Bad(
            words: ["run", "a", "b"], error: .surplusOperand("b", command: .run),
            message: "unexpected argument \"b\": \"run\" takes one MANIFEST"),
        Bad(
            words: ["simulator", "a"], error: .surplusOperand("a", command: .simulator),
            message: "unexpected argument \"a\": \"simulator\" has no operands"),
        Bad(
            words: ["run", "a", "--access-token", "s3cret"],
            error: .secretOnCommandLine(
                option: "--access-token", variable: "RELSWEEP_ACCESS_TOKEN"),
            message: "--access-token: secrets on the command line are visible to every user; set "
                + "RELSWEEP_ACCESS_TOKEN or use a systemd credential"),
        Bad(
            words: ["run", "a\u{1B}[2J"], error: .unreadableArgument(index: 2),
            message: "argument 2 is not valid UTF-8 or contains control characters"),
    ]

    @Test(arguments: bad) func `a wrong command line says what is wrong`(_ example: Bad) {
        #expect(throws: example.error) { try Arguments.parse(example.words) }
        #expect(example.error.message == example.message)
    }

    @Test(arguments: [
        (CommandName.resume, "--pivot=auto"), (.resume, "--skip-invalid"), (.resume, "--job=x"),
        (.resume, "--unfinished=fail"), (.resume, "--again"), (.resume, "--yes"),
        (.resume, "--allow-delete-all"), (.plan, "--max-items=5"), (.discover, "--max-absent=5%"),
    ])
    func `options that a command does not use are refused`(
        command: CommandName, option: String
    ) {
        #expect(throws: ArgumentError.self) {
            try Arguments.parse([command.rawValue, "a", option])
        }
        #expect(throws: Never.self) { try Arguments.parse(["run", "a", option]) }
    }

    @Test func `a secret given by mistake is not repeated`() {
        for words in [["run", "a", "--client-secret=abc"], ["run", "--access-tokn=abc"]] {
            do {
                _ = try Arguments.parse(words)
                Issue.record("no error")
            } catch {
                #expect(!error.message.contains("abc"))
            }
        }
    }
}
