package import Execution
import JobModel
import Journaling
import ManifestReading
import Planning
import SystemCalls

/// What the command-line tool calls: one member a command. All of them work on the calling thread
/// and on queues of their own, and return when everything is done: call them from the main thread.
///
/// Every error thrown is a `RunningError`, whose `exit` is the command's exit status; an item's
/// failure is never thrown, and neither is a stop of the run: those come back in the `RunResult`,
/// with its `exit`.
///
/// The order of a new run, and what a process that dies on the way leaves behind:
///
/// 1. job directory and lock: nothing;
/// 2. the job's latest run is looked at, the new run's directory made, the snapshot taken and
///    synced (the decision compares its digest): a directory without a journal, which never
///    started;
/// 3. the decision (`RunDecision`); the plan, its findings, its limits, consent, room on the disk:
///    the same;
/// 4. the journal with its durable first record: a run that stands paused, and can be resumed from
///    here on;
/// 5. the planned and session records, durable: the same;
/// 6. the engine, whose own records precede everything it sends.
package struct JobRunner: Sendable {
    /// Stops that come from outside; `Signals` feeds it.
    package let stops: StopRequests

    package init(stops: StopRequests = StopRequests()) {
        self.stops = stops
    }

    /// What the manifest would come to; reads the source itself, writes nothing, sends nothing.
    ///
    /// - Throws: `RunningError` with `usage` (64), `manifestUnreadable` (66), `digestDiffers` (65),
    ///   `manifestChanged` (75). Findings in the manifest are returned, not thrown.
    package func plan(_ request: JobRequest) throws(RunningError) -> PlanOutcome {
        let pipeline = try PlanPipeline(request.manifest, source: request.source)
        if let expected = try ExpectedDigest.beside(request.source) {
            let found = try Snapshot.digest(of: request.source)
            try expected.check(found.digest, of: request.source.name)
        }
        let stops = stops
        let reading = try pipeline.read(request.source, isStopRequested: { stops.isRequested })
        let result = reading.result
        let planned = PlannedManifest(
            reading, of: pipeline, manifest: request.manifest, run: request.run)
        let calls = planned.calls(for: planned.items)
        return PlanOutcome(
            summary: planned.summary(of: calls, for: planned.items),
            diagnostics: result.diagnostics, path: request.source.name, items: planned.items,
            stopsRun: result.stopsRun)
    }

    /// Plans and does a job, or carries on its paused run, as `RunDecision` says.
    ///
    /// - Parameters:
    ///   - consent: Asked once a run, when everything else allows it; false is exit 64. The tool
    ///     answers true for `--yes` and `--simulate`, asks on a terminal, and answers false
    ///     otherwise.
    ///   - observer: Told what goes on.
    /// - Throws: `RunningError`, before the first call; see `RunningError.Kind` for the exit
    ///   statuses.
    package func run(
        _ request: JobRequest, consent: (PlanSummary) -> Bool, observer: any RunObserver
    ) throws(RunningError) -> RunResult {
        // What can be refused without touching the disk comes first.
        _ = try PlanPipeline(request.manifest, source: request.source)
        let clock = RunClock()
        let startDeadline = try startDeadline(request.run, clock)
        try checkToken(request.run, startDeadline: startDeadline, observer)
        let job = try jobDirectory(of: request)
        if let note = try job.create() { observer.noted(note) }
        let lock = try JobLock.acquire(job, startedAt: RunClock.timestamp())
        defer { lock.release() }

        // Starts that were killed before their journal leave directories that only take room.
        for left in try job.runs() { left.removeUnlessStarted(observer) }
        let earlier = EarlierRuns(of: job)
        let latest = try earlier.latest()
        let identifier = RunIdentifier(
            wallMilliseconds: WallClock.milliseconds(), after: try earlier.newestName(),
            random: RandomSource.seed())
        let new = NewRun(
            request: request, directory: try job.createRun(identifier),
            format: try PlanPipeline.format(request.manifest, source: request.source).rawValue)
        let session = JobContext(
            settings: request.run, clock: clock, startDeadlineMilliseconds: startDeadline,
            observer: observer)
        do throws(RunningError) {
            let snapshot = try new.copySnapshot(isStopRequested: { stops.isRequested })
            return try perform(
                decision(request, latest, snapshot, clock), latest: latest, new: new,
                snapshot: snapshot,
                session, consent)
        } catch {
            // A run that started is never removed: it has a journal.
            new.removeUnlessStarted(observer)
            throw error
        }
    }

    private func decision(
        _ request: JobRequest, _ latest: RecordedRun?, _ snapshot: Snapshot, _ clock: RunClock
    ) -> RunDecision {
        var options = EarlierRunOptions()
        options.policy = request.unfinished
        options.runsAgain = request.runsAgain
        options.retriesOutcomes = !request.run.outcomesToRetry.isEmpty
        options.abandonsHalted = request.abandonsHalted
        options.resumeWithin = request.resumeWithin
        var earlier = latest?.earlierRun(nowMilliseconds: clock.wallMilliseconds())
        earlier?.options = request.run.suggestedOptions
        return RunDecision.forRun(
            latest: earlier,
            manifestDigest: snapshot.digest, options: options)
    }

    private func perform(
        _ decision: RunDecision, latest: RecordedRun?, new: NewRun, snapshot: Snapshot,
        _ context: JobContext, _ consent: (PlanSummary) -> Bool
    ) throws(RunningError) -> RunResult {
        if !decision.note.isEmpty { context.observer.noted(decision.note) }
        func old() -> RecordedRun {
            guard let latest else {
                preconditionFailure(
                    "decision \(decision.label) is about an earlier run, and there is none")
            }
            return latest
        }
        switch decision.step {
        case .startNew:
            if let latest, let stop = latest.recovered.stop, stop.state == .finished {
                // Its process may have died before its reports, and nobody comes back to it.
                _ = reportOfFinishedRun(latest, exit: stop.exit, context)
            }
            return try start(new, snapshot, context, consent)
        case .resume:
            new.removeUnlessStarted(context.observer)
            return try resume(
                old().directory, manifest: new.request.manifest, context, consent: consent)
        case .resumeThenStartNew:
            // The old run is read with its own settings: the new manifest may well need others.
            let report = try resume(
                old().directory, manifest: nil, context, consent: consent)
            guard report.ending.state == .finished else {
                new.removeUnlessStarted(context.observer)
                return report
            }
            context.observer.noted("run \(report.header.run) has finished; the new one starts")
            var second = try start(new, snapshot, context, consent)
            // One process, one status: the new run does not make good what the old one left.
            second.ending.exit = second.ending.exit.mostSevere(report.ending.exit)
            return second
        case .abandonThenStartNew:
            // Given up only when nothing forbids the new run any more: one that is refused leaves
            // the old one as it was.
            return try start(new, snapshot, context, consent) { () throws(RunningError) in
                try abandon(old().directory, context)
            }
        case .sendNothing(let exit):
            new.removeUnlessStarted(context.observer)
            return reportOfFinishedRun(old(), exit: exit, context)
        case .refuse(let error): throw error
        }
    }

    /// Carries a run on from its journal; needs the run directory and credentials, nothing else.
    ///
    /// On a finished run it sends nothing and repeats its exit; on a halted one it refuses (76)
    /// unless `overriddenHalt` names its halt.
    package func resume(
        _ request: ResumeRequest, observer: any RunObserver
    ) throws(RunningError) -> RunResult {
        let directory = try RunDirectory.locate(request.path)
        let clock = RunClock()
        var startDeadline: Int64?
        // A run that is over, or halted, needs no call: neither the hour nor a token is asked for.
        if decision(for: request, try recordedRun(directory), clock).step == .resume {
            startDeadline = try self.startDeadline(request.run, clock)
            try checkToken(request.run, startDeadline: startDeadline, observer)
        }
        let lock = try JobLock.acquire(directory.job, startedAt: RunClock.timestamp())
        defer { lock.release() }
        // Another process may have gone on with it meanwhile.
        let recorded = try recordedRun(directory)
        let decision = decision(for: request, recorded, clock)
        if !decision.note.isEmpty { observer.noted(decision.note) }
        let context = JobContext(
            settings: request.run, clock: clock, startDeadlineMilliseconds: startDeadline,
            observer: observer)
        switch decision.step {
        case .resume:
            return try resume(
                directory, manifest: request.manifest, context,
                overriddenHalt: request.overriddenHalt, consent: { _ in true })
        case .sendNothing(let exit): return reportOfFinishedRun(recorded, exit: exit, context)
        case .refuse(let error): throw error
        case .startNew, .resumeThenStartNew, .abandonThenStartNew:
            preconditionFailure("resume was decided to start a run (\(decision.label))")
        }
    }

    private func recordedRun(_ directory: RunDirectory) throws(RunningError) -> RecordedRun {
        guard let recorded = try RecordedRun.read(directory) else {
            throw RunningError(
                .usage,
                "\(directory.path) has no journal: the run never started; give the manifest "
                    + "to relsweep run again")
        }
        return recorded
    }

    private func decision(
        for request: ResumeRequest, _ recorded: RecordedRun, _ clock: RunClock
    ) -> RunDecision {
        var earlier = recorded.earlierRun(nowMilliseconds: clock.wallMilliseconds())
        earlier.options = request.run.suggestedOptions
        return RunDecision.forResume(
            of: earlier,
            retriesOutcomes: !request.run.outcomesToRetry.isEmpty,
            overriddenHalt: request.overriddenHalt)
    }

    // MARK: Before anything is touched

    private func startDeadline(
        _ run: RunSettings, _ clock: RunClock
    ) throws(RunningError) -> Int64? {
        guard let until = run.until else { return nil }
        return try until.lastStart(
            after: clock.wallMillisecondsAtZero, timeout: run.limits.timeout)
    }

    /// Waits for a first token where there is none yet; a stop that is asked for ends the wait.
    private func checkToken(
        _ run: RunSettings, startDeadline: Int64?, _ observer: any RunObserver
    ) throws(RunningError) {
        run.tokens.watch(
            TokenWatch(
                noticed: { observer.noticed($0) }, startDeadlineMilliseconds: startDeadline))
        guard run.tokens.current() == nil else { return }
        let answer = BlockingWait<TokenAnswer?>.value { completed in
            stops.runBegan { completed(nil) }
            run.tokens.refresh(refusedGeneration: 0) { completed($0) }
        }
        stops.runEnded(another: true)
        switch answer {
        case .ready: return
        case nil:
            throw RunningError(
                .stopped, "stopped while waiting for an access token; nothing was sent")
        case .unavailable(let problem): throw RunningError(problem)
        }
    }

    private func jobDirectory(of request: JobRequest) throws(RunningError) -> JobDirectory {
        let isSimulated = request.run.target.isSimulated
        let state = StateDirectory(root: request.stateRoot)
        if let name = request.jobName {
            return state.job(try JobName(given: name, isSimulated: isSimulated))
        }
        guard case .file(let path) = request.source else {
            throw RunningError(
                .usage,
                "standard input has no name: give --job NAME, so that a later start finds "
                    + "this run")
        }
        do throws(SystemError) {
            let directory = try FileSystem.realPath(FileSystem.directory(of: path))
            return state.job(
                JobName(
                    manifestName: FileSystem.name(of: path), directory: directory,
                    isSimulated: isSimulated))
        } catch {
            throw RunningError(unreadable: error, name: path)
        }
    }
}

/// What a session needs beside its run.
struct JobContext {
    var settings: RunSettings
    /// The command's: a wall clock that is stepped later moves nothing, not even while it plans.
    var clock: RunClock
    /// Milliseconds since 1970, by `clock`; nil = no `--until`.
    var startDeadlineMilliseconds: Int64?
    var observer: any RunObserver
    /// What came of asking for the organisation; nil = not asked.
    var organisation: OrganisationReader.Reading?
    /// When it was asked for, in wall milliseconds: these count as calls.
    var questionsAtMilliseconds: [Int64] = []
}

extension JobRequest.Source {
    /// As diagnostics and journals name it.
    var name: String {
        switch self {
        case .file(let path): path
        case .standardInput: "<stdin>"
        }
    }
}

extension RunningError {
    /// Before the first call: why there is no access token.
    package init(_ problem: TokenProblem) {
        switch problem {
        case .refused(let text): self.init(.credentials, text)
        case .throttled(let text): self.init(.throttledTokens, text)
        case .unreachable(let text): self.init(.accountsUnreachable, text)
        case .cacheFailed(let text): self.init(.disk, text)
        }
    }
}
