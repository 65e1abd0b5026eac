internal import Execution
package import JobModel
internal import Journaling
package import Running

/// The summary at the end of a run: what happened, where the files are, what to do next.
package struct RunEndingText: Sendable {
    package var report: RunResult
    /// Duration of this session; nil if nothing was sent.
    package var elapsed: Duration?
    /// Names of the report files in the run's directory.
    package var files: [String]
    /// The arguments of `relsweep run` to start the job again: manifest and options.
    package var rerunArguments: [String]
    /// Options for all suggested commands, shell-quoted, each preceded by a space.
    package var options = ""
    /// The most frequent item failures with their counts.
    package var failures: [(outcome: Outcome, count: Int)] = []
    /// The output of `discover`, if any.
    package var discovered: DiscoveredRecords.Written?

    package init(report: RunResult, elapsed: Duration?, files: [String], rerunArguments: [String]) {
        self.report = report
        self.elapsed = elapsed
        self.files = files
        self.rerunArguments = rerunArguments
    }

    package func lines(width: Int) -> [String] {
        let summary = RunSummary(report)
        var lines = TextLayout.wrapped(headline(summary), width: width, indent: 2)
        lines += TextLayout.wrapped("  " + summary.outcomeText, width: width - 2).map { "  " + $0 }
        lines += TextLayout.wrapped(counts(summary), width: width - 2).map { "  " + $0 }
        if let text = summary.creatorText {
            lines += TextLayout.wrapped(text, width: width - 2).map { "  " + $0 }
        }
        for text in summary.warnings {
            lines += TextLayout.wrapped(text, width: width - 2).map { "  " + $0 }
        }
        lines += failureLines(width: width)
        if !report.ending.text.isEmpty, report.ending.reason != .completed {
            lines += TextLayout.wrapped(report.ending.text, width: width - 2).map { "  " + $0 }
        }
        if let discovered {
            lines += TextLayout.wrapped(discoveredText(discovered), width: width - 2).map {
                "  " + $0
            }
        }
        lines.append("  files: \(report.directory.path)/")
        let isClean = [OutcomeKind.failed, .blocked, .unknown].allSatisfy {
            summary.counts[$0] == 0
        }
        let shown = files.filter { $0 != failedName || !isClean || summary.planned.skipped > 0 }
        let names = (shown + [journalName]).joined(separator: ", ")
        lines += TextLayout.wrapped(names, width: width - 9).map { "         " + $0 }
        lines += next.flatMap { [$0.reason, "    " + $0.command] }
        return lines
    }

    /// Maximum codes shown.
    package static let maximumFailures = 3

    /// `5 failed with INVALID_DATA (HTTP 400): the service said …` and what can be done.
    private func failureLines(width: Int) -> [String] {
        var lines: [String] = []
        for (outcome, count) in failures.prefix(RunEndingText.maximumFailures) {
            var text = "\(NumberText.grouped(count)) \(outcome.kind.word)"
            if !outcome.code.isEmpty { text += " with \(outcome.code)" }
            if outcome.status > 0 { text += " (HTTP \(outcome.status))" }
            if !outcome.message.isEmpty { text += ": \(outcome.message)" }
            lines += TextLayout.wrapped(text, width: width - 2, indent: 2).map { "  " + $0 }
            guard let advice = Advice.text(for: outcome) else { continue }
            lines += TextLayout.wrapped("→ " + advice, width: width - 4, indent: 2).map {
                "    " + $0
            }
        }
        return lines
    }

    /// The rows of the output, and the omitted ones.
    private func discoveredText(_ written: DiscoveredRecords.Written) -> String {
        let what = written.form == .list ? "records" : "\(written.form.rawValue)s"
        var text =
            "\(NumberText.counted(written.children, "related record")) found; \(written.path) has "
            + "\(NumberText.grouped(written.rows)) \(what)"
        if written.excluded > 0 {
            text +=
                "; \(NumberText.grouped(written.excluded)) can't be removed safely, and "
                + "discovered.csv has the reasons"
        }
        if report.planned.skipped > 0 {
            text +=
                "; what the \(NumberText.counted(report.planned.skipped, "skipped row")) would "
                + "have added is not in it"
        }
        return text
    }

    private func headline(_ summary: RunSummary) -> String {
        let time = elapsed.map { " in \(NumberText.time($0))" } ?? ""
        switch report.ending.state {
        case .finished:
            let finished =
                report.didSend
                ? "\(report.header.job): finished\(time)"
                : "\(report.header.job): finished, nothing to send"
            guard summary.notDone > 0 else { return finished }
            return finished + ", \(NumberText.counted(summary.notDone, "row")) not done"
        case .paused:
            return "\(report.header.job): paused (\(report.ending.reason.rawValue))\(time)"
        case .halted:
            return "\(report.header.job): HALTED (\(report.ending.reason.rawValue))\(time)"
        }
    }

    private func counts(_ summary: RunSummary) -> String {
        var text = "of \(NumberText.counted(summary.planned.items, "item"))"
        if summary.planned.duplicates > 0 {
            text += " and \(NumberText.counted(summary.planned.duplicates, "duplicate row"))"
        }
        if summary.planned.skipped > 0 {
            text += ", \(NumberText.counted(summary.planned.skipped, "row")) skipped"
        }
        text += "; \(NumberText.counted(summary.progress.callCount, "call"))"
        if summary.progress.attemptCount != summary.progress.callCount {
            text += ", \(NumberText.counted(summary.progress.attemptCount, "attempt"))"
        }
        if report.ending.progress.inDoubt > 0 {
            text += ", \(NumberText.grouped(report.ending.progress.inDoubt)) in doubt"
        }
        return text
    }

    /// The command that starts the run's job.
    private var command: String {
        PinnedSettings.discovery(of: report.header) == nil ? "run" : "discover"
    }

    private var journalName: String { "journal.jsonl" }

    private var failedName: String {
        RunDirectory.excerptName("failed", format: report.header.manifestFormat)
    }

    /// The next command and its reason; empty if nothing remains.
    package var next: [(reason: String, command: String)] {
        let directory = TextLayout.shellWord(report.directory.path)
        if let halt = report.ending.halt {
            let words = rerunArguments.map { TextLayout.shellWord($0) }.joined(separator: " ")
            return [
                (
                    "  needs manual review; to continue after that:",
                    "relsweep resume \(directory)\(options) --override-halt \(halt)"
                ),
                (
                    "  or to give it up:",
                    "relsweep \(command) \(words) --unfinished abandon\(options)"
                ),
            ]
        }
        switch report.ending.state {
        case .finished:
            let counts = report.ending.progress.counts
            let reopened = ItemDecision.reopenable.filter { counts[$0] > 0 }
            if reopened.isEmpty, let discovered, discovered.rows > 0, discovered.form != .list {
                let path = TextLayout.shellWord(discovered.path)
                return [
                    (
                        "  read it, then run it as it is written, because the parents are gone:",
                        "relsweep run \(path) --pivot as-written\(options)"
                    )
                ]
            }
            guard !reopened.isEmpty else { return [] }
            let flags = reopened.map { " --retry \($0.word)" }.joined()
            return [
                (
                    "  \(failedName) has the rows that were not done; to send them once more:",
                    "relsweep resume \(directory)\(flags)\(options)"
                )
            ]
        case .paused:
            return [("  to continue:", "relsweep resume \(directory)\(options)")]
        case .halted: return []
        }
    }
}
