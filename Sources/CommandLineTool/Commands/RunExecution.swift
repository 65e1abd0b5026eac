internal import Execution
internal import JobModel
internal import Journaling
internal import Reporting
internal import Running
internal import SystemCalls

/// The common part of `run` and `resume`: signals, the run itself, reports, closing summary.
struct RunExecution {
    private let context: CommandContext
    private let watcher: RunWatcher
    private let simulator: BuiltInSimulator?
    /// The options of `discover`; nil = those of the journal.
    private let discovery: DiscoverySettings?

    init(
        _ context: CommandContext, watcher: RunWatcher, simulator: BuiltInSimulator?,
        discovery: DiscoverySettings? = nil
    ) {
        self.discovery = discovery
        self.context = context
        self.watcher = watcher
        self.simulator = simulator
    }

    func perform(
        _ work: (JobRunner) throws(RunningError) -> RunResult
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
        let report: RunResult
        do throws(RunningError) {
            report = try work(JobRunner(stops: stops))
        } catch {
            _ = watcher.finished()
            throw .running(error)
        }
        let seen = watcher.finished()
        let elapsed = seen.startedAt.map { Duration.nanoseconds(MonotonicClock.now() - $0) }
        var status = report.ending.exit
        var files: [String] = []
        var discovered: DiscoveredRecords.Written?
        do throws(RunningError) {
            if let error = seen.reportFailure { throw error }
            try onDisk { () throws(SystemError) in
                discovered = try writeDiscovered(report, &status)
                files = try ReportWriter.present(of: report)
            }
        } catch {
            let isWhole = report.ending.unrecorded.isEmpty && report.ending.exit != .journal
            FailureText(.report(error, journalIsWhole: isWhole)).print(on: console)
            if status == .done || status == .finishedWithFailures { status = .journal }
        }
        if let text = seen.notices.text { console.information([text]) }
        printSummary(
            report, elapsed: report.didSend ? elapsed : nil, files: files, seen.failures,
            discovered)
        guard context.arguments.has(\.output.json) else { return status }
        var summary = RunSummary(report)
        summary.exit = status.rawValue
        return Tool.printJSON(summary.json + "\n", status)
    }

    /// Writes the output of `discover`, only when it is complete.
    private func writeDiscovered(
        _ report: RunResult, _ status: inout ExitStatus
    ) throws(SystemError) -> DiscoveredRecords.Written? {
        guard let discovery = discovery ?? PinnedSettings.discovery(of: report.header) else {
            return nil
        }
        guard report.ending.state == .finished else {
            context.console.notice(
                "\(discovery.outputPath) is written when the run has finished")
            return nil
        }
        switch try DiscoveredRecords(report, discovery).write() {
        case .written(let written): return written
        case .incomplete(let unread):
            let records = NumberText.counted(unread, "deleted record")
            context.console.warning(
                "\(discovery.outputPath) was not written: \(records) could not be read to the end; "
                    + "discovered.csv has what was found so far. Send those rows once more as "
                    + "below, or leave them out of the manifest")
            return nil
        case .alreadyExists: break
        }
        // The file was created since the start, or changed since this run last wrote it.
        context.console.error(
            "\(discovery.outputPath) is there already and was left as it is; nothing is lost: "
                + "relsweep discover with another --output, or with --force, writes it from "
                + "the journal")
        if status == .done || status == .finishedWithFailures { status = .journal }
        return nil
    }

    /// The command line to start the job again: that of `run`, or for `resume` that of the journal.
    private func rerunArguments(_ report: RunResult) -> [String] {
        var words = [report.header.source == "-" ? "MANIFEST" : report.header.source]
        if let path = (discovery ?? PinnedSettings.discovery(of: report.header))?.outputPath {
            words += ["--output", path]
        }
        if simulator != nil { words.append("--simulate") }
        if let job = context.settings[\.runs.job] { words += ["--job", job] }
        return words
    }

    /// A record in the journal's form, for `jq`; numbered separately because it could not be
    /// written to the journal.
    private static func text(_ record: JournalRecord, number: Int) -> String {
        let line = RecordCodec().line(record, sequence: UInt64(number), durable: 0)
        return String(decoding: line.prefix { $0 != 0x0A }, as: UTF8.self)
    }

    private func printSummary(
        _ report: RunResult, elapsed: Duration?, files: [String],
        _ failures: [(outcome: Outcome, count: Int)], _ discovered: DiscoveredRecords.Written?
    ) {
        let console = context.console
        for (index, record) in report.ending.unrecorded.enumerated() {
            console.error("not in the journal: " + Self.text(record, number: index + 1))
        }
        var text = RunEndingText(
            report: report, elapsed: elapsed, files: files, rerunArguments: rerunArguments(report))
        text.options = context.arguments.suggestedOptions
        text.failures = failures
        text.discovered = discovered
        let level: NoticeText.Level =
            switch report.ending.state {
            case .finished: report.ending.exit == .done ? .information : .warning
            case .paused: .notice
            case .halted: .error
            }
        console.print(text.lines(width: context.width), level)
        if report.didSend, let verdict = simulator?.effectSummary() {
            console.print([verdict.line], verdict.damage.isEmpty ? .information : .error)
        }
    }
}
