internal import JobModel
internal import Journaling
internal import Reporting
internal import Running

/// `relsweep run MANIFEST`
struct RunCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws(ToolFailure) -> ExitStatus {
        let isSandbox = context.arguments.has(\.simulation.isUsed)
        let target = try RunTarget(context, isSandbox: isSandbox)
        defer { target.sandbox?.stop() }
        let request = try JobRequest(
            context, source: context.source, run: target.settings)
        let consent = Consent(
            context, isSandbox: isSandbox, target: target.settings.target.apiDomain)
        let watcher = RunWatcher(context, sandbox: target.sandbox)
        let session = RunCommandSession(context, watcher: watcher, sandbox: target.sandbox)
        return try session.carryOut { (runner) throws(RunningError) in
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
        // The simulated organisation ended with its process; what the journal does not call removed
        // exists again.
        let isSandbox = RunSummary(status).target == RunSummary.sandboxTarget
        let target = try RunTarget(context, isSandbox: isSandbox)
        defer { target.sandbox?.stop() }
        var request = ResumeRequest(path: context.operand, run: target.settings)
        request.overriddenHalt = context.settings[\.runs.overrideHalt].map { UInt64($0) }
        let watcher = RunWatcher(context, sandbox: target.sandbox)
        let session = RunCommandSession(context, watcher: watcher, sandbox: target.sandbox)
        return try session.carryOut { [request] (runner) throws(RunningError) in
            try runner.resume(request, observer: watcher)
        }
    }
}
