internal import Execution
internal import JobModel
internal import Journaling
package import Running

/// The last words of a run, for people at three in the morning: what happened, where the files are,
/// what to do next.
package struct RunEndText: Sendable {
    package var report: RunReport
    /// Time that this start of the run took; nil where nothing was sent.
    package var elapsed: Duration?
    /// Names of the report files that lie in the run's directory.
    package var files: [String]
    /// What stands after `relsweep run` for another start of the job: manifest and options.
    package var again: [String]

    package init(report: RunReport, elapsed: Duration?, files: [String], again: [String]) {
        self.report = report
        self.elapsed = elapsed
        self.files = files
        self.again = again
    }

    package func lines(width: Int) -> [String] {
        let summary = RunSummary(report)
        var lines = TextLayout.wrapped(headline, width: width, indent: 2)
        lines += TextLayout.wrapped("  " + summary.outcomeText, width: width - 2).map { "  " + $0 }
        lines += TextLayout.wrapped(counts(summary), width: width - 2).map { "  " + $0 }
        if !report.text.isEmpty, report.reason != .completed || report.exit != .done {
            lines += TextLayout.wrapped(report.text, width: width - 2).map { "  " + $0 }
        }
        lines.append("  files: \(report.directory)/")
        let isClean = [OutcomeKind.failed, .blocked, .unknown].allSatisfy {
            summary.counts[$0] == 0
        }
        let shown = files.filter { $0 != "failed.csv" || !isClean || summary.skipped > 0 }
        let names = (shown + [journalName]).joined(separator: ", ")
        lines += TextLayout.wrapped(names, width: width - 9).map { "         " + $0 }
        lines += next.flatMap { [$0.reason, "    " + $0.command] }
        return lines
    }

    private var headline: String {
        let time = elapsed.map { " in \(NumberText.time($0))" } ?? ""
        switch report.state {
        case .finished:
            return report.didSend
                ? "\(report.job): finished\(time)" : "\(report.job): finished, nothing to send"
        case .paused: return "\(report.job): paused (\(report.reason.rawValue))\(time)"
        case .halted: return "\(report.job): HALTED (\(report.reason.rawValue))\(time)"
        }
    }

    private func counts(_ summary: RunSummary) -> String {
        var text = "of \(NumberText.counted(summary.items, "item"))"
        if summary.duplicates > 0 {
            text += " and \(NumberText.counted(summary.duplicates, "duplicate row"))"
        }
        if summary.skipped > 0 {
            text += ", \(NumberText.counted(summary.skipped, "row")) skipped"
        }
        text += "; \(NumberText.counted(summary.calls, "call"))"
        if summary.attempts != summary.calls {
            text += ", \(NumberText.counted(summary.attempts, "attempt"))"
        }
        if report.progress.inDoubt > 0 {
            text += ", \(NumberText.grouped(report.progress.inDoubt)) in doubt"
        }
        return text
    }

    private var journalName: String { "journal.jsonl" }

    /// The next command and why; nothing where nothing remains.
    package var next: [(reason: String, command: String)] {
        let directory = TextLayout.shellWord(report.directory)
        switch report.state {
        case .finished:
            let counts = report.progress.counts
            let reopened = [OutcomeKind.failed, .blocked, .unknown].filter { counts[$0] > 0 }
            guard !reopened.isEmpty else { return [] }
            let flags = reopened.map { " --retry \($0.word)" }.joined()
            return [
                (
                    "  failed.csv has the rows that were not done; to send them once more:",
                    "relsweep resume \(directory)\(flags)"
                )
            ]
        case .paused:
            return [("  to carry on:", "relsweep resume \(directory)")]
        case .halted:
            let words = again.map { TextLayout.shellWord($0) }.joined(separator: " ")
            return [
                (
                    "  a person must look; to go on after that:",
                    "relsweep resume \(directory) --override-halt"
                ),
                ("  or to give it up:", "relsweep run \(words) --unfinished abandon"),
            ]
        }
    }
}
