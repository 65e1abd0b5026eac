package import Execution
import JobModel
import Journaling
import ManifestReading
import Planning
import SystemCalls

/// The entry points of the command-line tool: one member per command. They work on the calling
/// thread and on their own queues, and return when everything is done: call them from the main
/// thread.
///
/// Every error thrown is a `RunningError`, whose `exit` is the command's exit status; an item's
/// failure is never thrown, and neither is a stop of the run: those are returned in the
/// `RunResult`, with its `exit`.
///
/// The order of a new run, and the state after a crash at each step:
///
/// 1. job directory and lock: nothing;
/// 2. the job's latest run is read, the new run's directory made, the snapshot taken and synced
///    (the decision compares its digest): a directory without a journal, which never started;
/// 3. the decision (`RunDecision`); the plan, its findings, its limits, consent, room on the disk:
///    the same;
/// 4. the journal with its durable first record: the run counts as paused and can be resumed from
///    here on;
/// 5. the planned and session records, durable: the same;
/// 6. the engine, whose own records precede everything it sends.
package struct JobRunner: Sendable {
    /// Stop requests from outside, fed by `Signals`.
    package let stops: StopRequests

    package init(stops: StopRequests = StopRequests()) {
        self.stops = stops
    }

    /// Plans a manifest without writing or sending anything.
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

    /// Plans and executes a job, or resumes its paused run, as `RunDecision` decides.
    ///
    /// - Parameters:
    ///   - consent: Asked once per run, when everything else allows it; false is exit 64. The tool
    ///     answers true for `--yes` and `--simulate`, asks on a terminal, and answers false
    ///     otherwise.
    ///   - observer: Receives the events of the run.
    /// - Throws: `RunningError`, before the first call; see `RunningError.Kind` for the exit
    ///   statuses.
    package func run(
        _ request: JobRequest, consent: (PlanSummary) -> Bool, observer: any RunObserver
    ) throws(RunningError) -> RunResult {
        // Checks that do not touch the disk come first.
        _ = try PlanPipeline(request.manifest, source: request.source)
        let clock = RunClock()
        let startDeadline = try startDeadline(request.run, clock)
        try checkToken(request.run, startDeadline: startDeadline, observer)
        let job = try jobDirectory(of: request)
        if let note = try job.create() { observer.noted(note) }
        let lock = try JobLock.acquire(job, startedAt: RunClock.timestamp())
        defer { lock.release() }

        // Remove directories of starts that were killed before their journal existed.
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
            // A started run has a journal and is never removed.
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
                // That process may have died before writing its reports; write them now.
                _ = reportOfFinishedRun(latest, exit: stop.exit, context)
            }
            return try start(new, snapshot, context, consent)
        case .resume:
            new.removeUnlessStarted(context.observer)
            return try resume(
                old().directory, manifest: new.request.manifest, context, consent: consent)
        case .resumeThenStartNew:
            // The old run is resumed with its own settings; the new manifest may need others.
            let report = try resume(
                old().directory, manifest: nil, context, consent: consent)
            guard report.ending.state == .finished else {
                new.removeUnlessStarted(context.observer)
                return report
            }
            context.observer.noted("run \(report.header.run) has finished; the new one starts")
            var second = try start(new, snapshot, context, consent)
            // The process has one exit status: the most severe of both runs.
            second.ending.exit = second.ending.exit.mostSevere(report.ending.exit)
            return second
        case .abandonThenStartNew:
            // Abandoned only when nothing forbids the new run any more: if that is refused, the old
            // one stays unchanged.
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
        // A finished or halted run sends nothing, so neither --until nor a token is checked.
        if decision(for: request, try recordedRun(directory), clock).step == .resume {
            startDeadline = try self.startDeadline(request.run, clock)
            try checkToken(request.run, startDeadline: startDeadline, observer)
        }
        let lock = try JobLock.acquire(directory.job, startedAt: RunClock.timestamp())
        defer { lock.release() }
        // Another process may have resumed it in the meantime.
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

    /// Waits for the first token; a stop request ends the wait.
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

/// What a session needs besides its run.
struct JobContext {
    var settings: RunSettings
    /// The clock of the command; setting the wall clock later has no effect.
    var clock: RunClock
    /// Milliseconds since 1970, by `clock`; nil = no `--until`.
    var startDeadlineMilliseconds: Int64?
    var observer: any RunObserver
    /// The result of reading the organisation; nil = not read.
    var organisation: OrganisationReader.Reading?
    /// When it was requested, in wall milliseconds: these count as calls.
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
