internal import Execution
internal import JobModel
internal import Reporting
internal import Running
import Synchronization
internal import SystemCalls
internal import ZohoAPI

/// Watches a run for the people before the terminal, fills the sandbox, and keeps what the reports
/// need.
final class RunWatcher: RunObserver {
    struct Seen: Sendable {
        /// Monotonic nanoseconds of the start; nil before anything was prepared.
        var startedAt: Int64?
        /// Why not all reports were written.
        var reportFailure: RunningError?
        /// Distinct failures of items, the most frequent first.
        var failures: [(outcome: Outcome, count: Int)] = []
        var notices = NoticeFilter()
    }

    private let console: Console
    private let display: ProgressDisplay
    private let sandbox: BuiltInSandbox?
    private let seen = Mutex(Seen())

    init(_ context: CommandContext, sandbox: BuiltInSandbox?) {
        console = context.console
        display = ProgressDisplay(
            console: context.console, isOff: context.settings[\.output.noProgress])
        self.sandbox = sandbox
    }

    /// What was seen, after the run; ends the progress line.
    func finished() -> Seen {
        display.stop()
        return seen.withLock { $0 }
    }

    func remarked(_ text: String) { console.notice(text) }

    func found(_ diagnostics: DiagnosticList, path: String) {
        console.print(DiagnosticsText(diagnostics, path: path).lines, .warning)
    }

    func prepared(_ start: RunStart, items: WorkItems, outcomeOfRow: [UInt8]) {
        sandbox?.fill(items, outcomeOfRow: outcomeOfRow, rounds: start.rounds)
        seen.withLock { seen in
            seen.startedAt = MonotonicClock.now()
        }
        let summary = start.summary
        let settled = outcomeOfRow.count { $0 > 0 }
        let verb = start.continues ? "carrying on" : "starting"
        let left = start.continues ? " to do" : ""
        console.information([
            "\(verb) \(start.job), run \(start.run): "
                + "\(NumberText.counted(max(0, summary.items - settled), "item"))\(left) in "
                + "\(NumberText.counted(summary.calls, "call"))",
            "  journal: \(start.journal)",
        ])
        if let remark = PlanText(summary, limits: RunLimits()).productionRemark {
            console.warning(remark)
        }
        display.start(start.progress)
    }

    func ended(_ report: RunReport, items: WorkItems) {
        display.stop()
        do throws(RunningError) {
            let failures = try RunReports(
                report, duplicateRows: items.duplicateRows, duplicateOf: items.duplicateOf,
                skippedRows: items.skippedRows
            ).write()
            seen.withLock { $0.failures = failures }
        } catch {
            seen.withLock { $0.reportFailure = error }
        }
    }

    func noticed(_ notice: RunNotice) {
        if case .servicePaused(_, let seconds, let remark) = notice {
            display.pause(
                remark.status > 0 ? "HTTP \(remark.status)" : remark.code, seconds: seconds)
        }
        let now = Moment(nanoseconds: MonotonicClock.now())
        guard seen.withLock({ $0.notices.shows(notice, at: now) }) else { return }
        let (level, text) = NoticeText.text(notice)
        console.print([text], level)
    }
}
