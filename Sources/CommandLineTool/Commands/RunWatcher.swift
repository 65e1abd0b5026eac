internal import Execution
internal import JobModel
internal import Journaling
internal import Reporting
internal import Running
import Synchronization
internal import SystemCalls
internal import ZohoAPI

/// Shows a run on the terminal, fills the simulator, and keeps what the reports need.
final class RunWatcher: RunObserver {
    struct State: Sendable {
        /// Monotonic nanoseconds of the start; nil before anything was prepared.
        var startedAt: Int64?
        /// The error that prevented a report.
        var reportFailure: RunningError?
        /// Distinct item failures, most frequent first.
        var failures: [(outcome: Outcome, count: Int)] = []
        var notices = NoticeFilter()
    }

    private let console: Console
    private let display: ProgressDisplay
    private let simulator: BuiltInSimulator?
    private let state = Mutex(State())

    init(_ context: CommandContext, simulator: BuiltInSimulator?) {
        console = context.console
        display = ProgressDisplay(
            console: context.console, isOff: context.settings[\.output.noProgress])
        self.simulator = simulator
    }

    /// The collected data; ends the progress line.
    func finished() -> State {
        display.stop()
        return state.withLock { $0 }
    }

    func noted(_ text: String) { console.notice(text) }

    func found(_ diagnostics: DiagnosticList, path: String) {
        console.print(DiagnosticsText(diagnostics, path: path).lines, .warning)
    }

    func prepared(_ start: RunStart, items: WorkItems, outcomeOfRow: [UInt8]) {
        simulator?.fill(items, outcomeOfRow: outcomeOfRow, rounds: start.rounds)
        state.withLock { seen in
            seen.startedAt = MonotonicClock.now()
        }
        let summary = start.summary
        let settled = outcomeOfRow.count { $0 > 0 }
        let verb = start.continues ? "resuming" : "starting"
        let left = start.continues ? " to do" : ""
        console.information([
            "\(verb) \(start.header.job), run \(start.header.run): "
                + "\(NumberText.counted(max(0, summary.items - settled), "item"))\(left) in "
                + "\(NumberText.counted(summary.calls, "call"))",
            "  journal: \(start.directory.journalPath)",
        ])
        if let note = PlanText(summary, limits: RunLimits()).productionWarning {
            console.warning(note)
        }
        display.start(start.progress)
    }

    func ended(_ report: RunResult, items: WorkItems) {
        display.stop()
        do throws(RunningError) {
            let failures = try ReportWriter(
                report, duplicateRows: items.duplicateRows, duplicateOf: items.duplicateOf,
                skippedRows: items.skippedRows
            ).write()
            state.withLock { $0.failures = failures }
        } catch {
            state.withLock { $0.reportFailure = error }
        }
    }

    func noticed(_ notice: RunNotice) {
        if case .servicePaused(_, let seconds, let note) = notice {
            display.pause(
                note.status > 0 ? "HTTP \(note.status)" : note.code, seconds: seconds)
        }
        let now = Moment(nanoseconds: MonotonicClock.now())
        guard state.withLock({ $0.notices.shows(notice, at: now) }) else { return }
        let (level, text) = NoticeText.text(notice)
        console.print([text], level)
    }
}
