internal import JobModel
internal import Running
internal import SystemCalls

extension JobRequest {
    /// What `plan` and `run` are asked.
    init(
        _ context: CommandContext, source: Source, run: RunSettings
    ) throws(ToolFailure) {
        let settings = context.settings
        let root = try context.running { () throws(RunningError) in
            try StateDirectory.root(flag: settings[\.runs.state])
        }
        self.init(
            source: source, manifest: settings.manifest, stateRoot: root, run: run)
        jobName = settings[\.runs.job]
        unfinished = settings[\.runs.unfinished]
        // Not where only the configuration says so: it would give up every night's halt.
        abandonsHalted = unfinished == .abandon && context.arguments.has(\.runs.unfinished)
        runsAgain = settings[\.runs.again]
        resumeWithin = settings[\.runs.resumeWithin]
        let growth = settings[\.limits.maximumGrowth]
        maximumGrowth = growth == 0 ? nil : Double(growth)
    }
}
