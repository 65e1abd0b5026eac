internal import JobModel
internal import Reporting
internal import Running
internal import SystemCalls

/// `relsweep status [JOURNAL|RUN]`
struct StatusCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws(ToolFailure) -> ExitStatus {
        var statuses = JobStatuses()
        if let path = context.arguments.operand {
            statuses.runs = [
                try context.running { () throws(RunningError) in
                    try JobRunner().status(path: path)
                }
            ]
        } else {
            statuses = try context.running { () throws(RunningError) in
                let root = try StateDirectory.root(flag: context.settings[\.runs.state])
                return try JobRunner().status(stateRoot: root)
            }
        }
        let now = WallClock.milliseconds()
        let texts = statuses.runs.map { StatusText($0, now: now) }
        // Show the other jobs; the exit status reports the unreadable ones.
        for failure in statuses.failures { context.console.error(failure.text) }
        let exit: ExitStatus = statuses.failures.isEmpty ? .done : .journal
        if context.arguments.has(\.output.json) {
            // One object per line and run.
            return Tool.printJSON(texts.map { $0.json + "\n" }.joined(), exit)
        }
        if texts.isEmpty, statuses.failures.isEmpty { context.console.notice("no runs yet") }
        let blocks = texts.map { $0.lines(width: context.width) }
        return Tool.printLines(Array(blocks.joined(separator: [""])), exit)
    }
}
