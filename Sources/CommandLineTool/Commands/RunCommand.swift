internal import JobModel
internal import Journaling
internal import Reporting
internal import Running

/// `relsweep run MANIFEST`
struct RunCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws(ToolFailure) -> ExitStatus {
        let isSimulated = context.arguments.has(\.simulation.isUsed)
        let target = try RunTarget(context, isSimulated: isSimulated)
        defer { target.simulator?.stop() }
        let request = try JobRequest(
            context, source: context.source, run: target.settings)
        let consent = Consent(
            context, isSimulated: isSimulated, target: target.settings.target.apiDomain)
        let watcher = RunWatcher(context, simulator: target.simulator)
        let session = RunExecution(context, watcher: watcher, simulator: target.simulator)
        return try session.perform { (runner) throws(RunningError) in
            try runner.run(request, consent: consent.ask, observer: watcher)
        }
    }
}

/// `relsweep resume JOURNAL|RUN`
struct ResumeCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws(ToolFailure) -> ExitStatus {
        let status = try context.running { () throws(RunningError) in
            try JobRunner().status(path: context.operand)
        }
        // The simulated service ended with its process; relations not removed according to the
        // journal exist again.
        let isSimulated = RunSummary(status).target == RunSummary.simulatedTarget
        let target = try RunTarget(context, isSimulated: isSimulated)
        defer { target.simulator?.stop() }
        var request = ResumeRequest(path: context.operand, run: target.settings)
        request.overriddenHalt = context.settings[\.runs.overrideHalt].map { UInt64($0) }
        let watcher = RunWatcher(context, simulator: target.simulator)
        let session = RunExecution(context, watcher: watcher, simulator: target.simulator)
        return try session.perform { [request] (runner) throws(RunningError) in
            try runner.resume(request, observer: watcher)
        }
    }
}
