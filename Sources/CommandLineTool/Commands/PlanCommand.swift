internal import JobModel
internal import Reporting
internal import Running
internal import ZohoAPI

/// `relsweep plan MANIFEST`
struct PlanCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    /// Reads and plans a manifest; nothing is sent or written.
    static func plan(
        _ context: CommandContext, source: JobRequest.Source
    ) throws(ToolFailure) -> PlanOutcome {
        // A plan sends nothing: the token is never used.
        let settings = context.settings.run(
            try context.endpoints(), tokens: StaticAccessToken(secret: "", host: ""))
        let request = try JobRequest(context, source: source, run: settings)
        return try context.running { () throws(RunningError) in try JobRunner().plan(request) }
    }

    func run() throws(ToolFailure) -> ExitStatus {
        let outcome = try PlanCommand.plan(context, source: context.source)
        for line in DiagnosticsText(outcome.diagnostics, path: outcome.path).lines {
            context.console.print([line], outcome.stopsRun ? .error : .warning)
        }
        if outcome.stopsRun {
            context.console.error("run would refuse this manifest; nothing was sent")
        }
        let status: ExitStatus = outcome.stopsRun ? .manifestInvalid : .done
        let text = PlanText(outcome.summary, limits: context.settings.limits)
        if context.arguments.has(\.output.json) { return Tool.printJSON(text.json + "\n", status) }
        let lines = text.lines(path: outcome.path, width: context.width)
        return Tool.printLines(lines, status)
    }
}
