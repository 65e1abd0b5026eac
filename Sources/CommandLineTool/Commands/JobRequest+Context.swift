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
            try StateDirectory.root(flag: settings.text(.state))
        }
        self.init(
            source: source, manifest: settings.manifest, stateRoot: root, run: run)
        jobName = settings.text(.job)
        unfinished = settings.text(.unfinished).flatMap { UnfinishedPolicy(rawValue: $0) } ?? .fail
        // Not where only the configuration says so: it would give up every night's halt.
        abandonsHalted = unfinished == .abandon && context.arguments.has(.unfinished)
        runsAgain = settings.flag(.again)
        resumeWithin = settings.duration(.resumeWithin)
        maximumGrowth = settings.integer(.maximumGrowth).flatMap { $0 == 0 ? nil : Double($0) }
    }
}
