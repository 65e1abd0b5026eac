internal import JobModel
internal import Journaling
internal import Reporting
internal import Running

/// `relsweep run MANIFEST`
struct RunCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws(ToolFailure) -> ExitStatus {
        let isSandbox = context.arguments.has(.sandbox)
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
        try checkPins(status)
        let isSandbox = RunSummary(status).target == RunSummary.sandboxTarget
        let halt = try overriddenHalt()
        let target = try RunTarget(context, isSandbox: isSandbox)
        defer { target.sandbox?.stop() }
        var request = ResumeRequest(path: context.operand, run: target.settings)
        request.overriddenHalt = halt
        let watcher = RunWatcher(context, sandbox: target.sandbox)
        let session = RunCommandSession(context, watcher: watcher, sandbox: target.sandbox)
        return try session.carryOut { [request] (runner) throws(RunningError) in
            try runner.resume(request, observer: watcher)
        }
    }

    private func overriddenHalt() throws(ToolFailure) -> UInt64? {
        let shape = ValueShape.integer(1...Int.max)
        guard case .integer(let number)? = try OptionReader(context).value(.overrideHalt, shape)
        else { return nil }
        return UInt64(number)
    }

    /// A run is read and planned as its journal says; options that say otherwise are refused, not
    /// passed over.
    private func checkPins(_ status: RunStatus) throws(ToolFailure) {
        let settings = context.settings
        let given: [(option: OptionName, name: String, value: String)] = [
            (.pivot, "pivot", settings.text(.pivot) ?? ""),
            (.skipInvalid, "skip-invalid", settings.flag(.skipInvalid) ? "yes" : "no"),
            (.allowDeleteAll, "allow-delete-all", settings.flag(.allowDeleteAll) ? "yes" : "no"),
        ]
        for (option, name, value) in given where context.arguments.has(option) {
            guard let pin = status.header?.pinned.first(where: { $0.name == name }),
                pin.value != value
            else { continue }
            throw .running(
                RunningError(
                    .pinnedSettings([
                        PinnedDifference(name: name, pinned: pin.value, given: value)
                    ]),
                    "\(option.spelling) is \"\(value)\" and was \"\(pin.value)\" when the run "
                        + "began; leave it out"))
        }
    }
}
