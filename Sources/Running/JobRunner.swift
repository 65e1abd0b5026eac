/// What the command-line tool calls: one member a command. All of them work on the calling thread and on
/// queues of their own, and return when everything is done: call them from the main thread.
///
/// Every error thrown is a `RunningError`, whose `exit` is the command's exit status; an item's failure is
/// never thrown, and neither is a stop of the run: those come back in the `RunReport`, with its `exit`.
package struct JobRunner: Sendable {
    /// Stops that come from outside; `Signals` feeds it.
    package let stops: StopRequests

    package init(stops: StopRequests = StopRequests()) {
        self.stops = stops
    }

    /// What the manifest would come to; reads the source itself, writes nothing, sends nothing.
    ///
    /// - Throws: `RunningError` with `manifestUnreadable` (66), `digestDiffers` (65).
    ///   Findings in the manifest are returned, not thrown.
    package func plan(_ request: JobRequest) throws(RunningError) -> PlanOutcome {
        throw RunningError(.configuration, "plan is not built in yet")
    }

    /// Plans and does a job, or carries on its paused run, as `RunDecision` says.
    ///
    /// - Parameters:
    ///   - consent: Asked once, when everything else allows the run; false is exit 64. The tool answers
    ///     true for `--yes` and `--sandbox`, asks on a terminal, and answers false otherwise.
    ///   - observer: Told what goes on.
    /// - Throws: `RunningError`, before the first call; see `RunningError.Kind` for the exit statuses.
    package func run(
        _ request: JobRequest, consent: (PlanSummary) -> Bool, observer: any RunObserver
    ) throws(RunningError) -> RunReport {
        throw RunningError(.configuration, "run is not built in yet")
    }

    /// Carries a run on from its journal; needs the run directory and credentials, nothing else.
    ///
    /// On a finished run it sends nothing and repeats its exit; on a halted one too, unless
    /// `overridesHalt` or `reopens` say otherwise.
    package func resume(
        _ request: ResumeRequest, observer: any RunObserver
    ) throws(RunningError) -> RunReport {
        throw RunningError(.configuration, "resume is not built in yet")
    }

    /// Where one run stands, also while it runs.
    ///
    /// - Parameter path: A journal file or a run directory.
    package func status(path: String) throws(RunningError) -> RunStatus {
        throw RunningError(.configuration, "status is not built in yet")
    }

    /// The latest run of every job under the state root, by job name.
    package func status(stateRoot: String) throws(RunningError) -> [RunStatus] {
        throw RunningError(.configuration, "status is not built in yet")
    }
}
