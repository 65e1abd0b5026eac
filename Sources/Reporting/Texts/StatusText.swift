internal import Execution
internal import JobModel
internal import Journaling
package import Running

/// The output of `status` for a run.
package struct StatusText: Sendable {
    package var status: RunStatus
    /// Milliseconds since 1970.
    package var now: Int64

    package init(_ status: RunStatus, now: Int64) {
        self.status = status
        self.now = now
    }

    package func lines(width: Int) -> [String] {
        let summary = RunSummary(status)
        var state = summary.state
        if let process = status.runningProcess {
            state += " (process \(process))"
        } else if summary.reason != summary.state, summary.reason != "completed" {
            state += " (\(summary.reason))"
        }
        let age = Duration.milliseconds(max(0, now - status.lastRecordAtMilliseconds))
        if status.lastRecordAtMilliseconds > 0 { state += ", \(NumberText.time(age)) ago" }
        var lines = TextLayout.wrapped("\(status.job): \(state)", width: width, indent: 2)
        var done =
            "\(NumberText.share(summary.done, of: summary.planned.items)) of "
            + "\(NumberText.counted(summary.planned.items, "item")) done"
        if let text = summary.doneText { done += ": \(text)" }
        lines += TextLayout.wrapped(done, width: width - 2).map { "  " + $0 }
        if let text = summary.openText {
            lines += TextLayout.wrapped("open: \(text)", width: width - 2).map { "  " + $0 }
        }
        for text in [summary.creatorText].compactMap({ $0 }) + summary.warnings {
            lines += TextLayout.wrapped(text, width: width - 2).map { "  " + $0 }
        }
        var calls = NumberText.counted(summary.progress.callCount, "call")
        calls += ", \(NumberText.counted(summary.progress.attemptCount, "attempt"))"
        if status.progress.inDoubt > 0 {
            let word = status.runningProcess == nil ? "in doubt" : "in flight"
            calls += ", \(NumberText.grouped(status.progress.inDoubt)) \(word)"
        }
        lines.append("  " + calls)
        let halt = status.halt.map { "halt \($0.number): \($0.record.text)" }
        if let text = halt ?? status.stop?.text, !text.isEmpty, summary.reason != "completed",
            status.runningProcess == nil
        {
            lines += TextLayout.wrapped(text, width: width - 2).map { "  " + $0 }
        }
        if let damage = status.damage {
            lines += TextLayout.wrapped("journal: \(damage)", width: width - 2).map { "  " + $0 }
        }
        lines.append("  \(status.directory.path)")
        return lines
    }

    /// One line of JSON: the summary's object, with `state` `running` or `abandoned` if applicable.
    package var json: String { RunSummary(status).json }
}
