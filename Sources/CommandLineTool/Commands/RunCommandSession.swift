internal import Execution
internal import JobModel
internal import Journaling
internal import Reporting
internal import Running
internal import SystemCalls

/// What `run` and `resume` have in common: signals, the run itself, reports, the last words.
struct RunCommandSession {
    private let context: CommandContext
    private let watcher: RunWatcher
    private let sandbox: BuiltInSandbox?

    init(_ context: CommandContext, watcher: RunWatcher, sandbox: BuiltInSandbox?) {
        self.context = context
        self.watcher = watcher
        self.sandbox = sandbox
    }

    func carryOut(
        _ work: (JobRunner) throws(RunningError) -> RunReport
    ) throws(ToolFailure) -> ExitStatus {
        let console = context.console
        let stops = StopRequests()
        let watch = Signals(
            stops: stops,
            effects: Signals.Effects(
                restoreTerminal: { console.restoreTerminal() },
                say: { console.notice($0) })
        ).install()
        defer { withExtendedLifetime(watch) {} }
        let report: RunReport
        do throws(RunningError) {
            report = try work(JobRunner(stops: stops))
        } catch {
            _ = watcher.finished()
            throw .running(error)
        }
        let seen = watcher.finished()
        let elapsed = seen.startedAt.map { Duration.nanoseconds(MonotonicClock.now() - $0) }
        var status = report.exit
        var files: [String] = []
        do throws(SystemError) {
            if let error = seen.reportFailure { throw error }
            files = try RunReports.present(in: RunDirectory(path: report.directory))
        } catch {
            FailureText(.report(error)).print(on: console)
            if status == .done || status == .finishedWithFailures { status = .journal }
        }
        if let text = seen.notices.text { console.information([text]) }
        sayLastWords(report, elapsed: report.didSend ? elapsed : nil, files: files)
        guard context.arguments.has(.json) else { return status }
        var summary = RunSummary(report)
        summary.exit = status.rawValue
        return Tool.printResult(summary.json + "\n", status)
    }

    /// The words of another start: of `run`, its own; of `resume`, what the journal knows.
    private func again(_ report: RunReport) -> [String] {
        var words = [report.header.source == "-" ? "MANIFEST" : report.header.source]
        if sandbox != nil { words.append("--sandbox") }
        if let job = context.settings.text(.job) { words += ["--job", job] }
        return words
    }

    private func sayLastWords(_ report: RunReport, elapsed: Duration?, files: [String]) {
        let console = context.console
        for record in report.unrecorded { console.error("not in the journal: \(record)") }
        let text = RunEndText(
            report: report, elapsed: elapsed, files: files, again: again(report))
        let level: NoticeText.Level =
            switch report.state {
            case .finished: report.exit == .done ? .information : .warning
            case .paused: .notice
            case .halted: .error
            }
        console.print(text.lines(width: context.width), level)
        if report.didSend, let verdict = sandbox?.verdict() {
            console.print([verdict.line], verdict.damage.isEmpty ? .information : .error)
        }
    }
}
