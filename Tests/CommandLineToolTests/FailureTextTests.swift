import CommandLineTool
import JobModel
import Running
import SystemCalls
import Testing

@Suite struct FailureTextTests {
    @Test func `a wrong configuration lists its places and says where keys are documented`() {
        let error = ConfigurationError(problems: [
            ConfigurationProblem(at: SourcePosition(line: 3, column: 5), "unknown key \"x\""),
            ConfigurationProblem(at: SourcePosition(line: 9, column: 1), "and another"),
        ])
        let failure = ToolFailure.settings(.configuration(path: "/etc/r.json5", error))
        let text = FailureText(failure)
        #expect(
            text.diagnosticLines == [
                "/etc/r.json5:3:5: error: unknown key \"x\"",
                "/etc/r.json5:9:1: error: and another",
            ])
        #expect(text.message == "/etc/r.json5: 2 problems in the configuration; nothing was done")
        #expect(text.hint == "config/relsweep.json5 documents every key")
        #expect(failure.exit == .configuration)
    }

    @Test func `findings of a manifest are capped and the rest is counted`() {
        var list = DiagnosticList()
        for line in 1...250 {
            list.append(Diagnostic(at: SourcePosition(line: line, column: 1), "bad"))
        }
        let failure = ToolFailure.running(
            RunningError(.manifestInvalid(path: "a.csv", list), "a.csv: 250 errors"))
        let findings = FailureText(failure).diagnosticLines
        #expect(findings.count == DiagnosticList.maximumKept + 1)
        #expect(findings.first == "a.csv:1:1: error: bad")
        #expect(findings.last == "a.csv: … and 150 more")
        #expect(DiagnosticsText(list, path: "a.csv").lines.last == "a.csv: 250 errors")
        #expect(failure.exit == .manifestInvalid)
    }

    @Test func `rows that could be left out suggest it`() {
        var list = DiagnosticList()
        list.append(Diagnostic(at: nil, "bad", skippableRow: 4))
        func hint() -> String? {
            FailureText(.running(RunningError(.manifestInvalid(path: "a", list), "x"))).hint
        }
        #expect(hint() == "correct the rows, or leave them out with --skip-invalid")
        list.append(Diagnostic(at: nil, "worse"))
        #expect(hint() == nil)
    }

    @Test func `each source of a wrong setting is named`() {
        let value = ValueError.unexpected("x", expected: "a whole number")
        let cases: [(ToolFailure, String, JobModel.ExitStatus)] = [
            (
                .argument(.badValue(value, option: .at(\.speed.concurrency)), .run),
                "--concurrency: \"x\" is not a whole number", .usage
            ),
            (
                .settings(.variable("RELSWEEP_DATA_CENTER", value)),
                "$RELSWEEP_DATA_CENTER: \"x\" is not a whole number", .configuration
            ),
            (
                .settings(.credential(path: "/run/c/relsweep-access-token", "no")),
                "/run/c/relsweep-access-token: no", .configuration
            ),
            (
                .settings(.configurationUnreadable(path: "/c", "No such file or directory")),
                "/c: No such file or directory", .configuration
            ),
            (
                .report(
                    RunningError(.disk, "write /r/results.csv: No space left on device"),
                    journalIsWhole: true),
                "a report could not be written: write /r/results.csv: No space left on device; the "
                    + "journal is whole, nothing is lost", .journal
            ),
            (
                .report(
                    RunningError(.disk, "write /r/results.csv: No space left on device"),
                    journalIsWhole: false),
                "a report could not be written: write /r/results.csv: No space left on device; the "
                    + "journal failed before: what it lacks is listed here", .journal
            ),
        ]
        for (failure, message, exit) in cases {
            #expect(FailureText(failure).message == message)
            #expect(failure.exit == exit)
        }
    }

    @Test func `refused credentials speak for themselves`() {
        let failure = ToolFailure.running(RunningError(.credentials, "refused; check this"))
        #expect(FailureText(failure).message == "refused; check this")
        #expect(FailureText(failure).hint == nil)
        #expect(failure.exit == .credentials)
    }
}
