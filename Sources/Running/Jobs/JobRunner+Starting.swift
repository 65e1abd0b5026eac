import Execution
import JobModel
import Journaling
import Planning
import SystemCalls
import ZohoAPI

extension JobRunner {
    /// Above this many items, `maxGrowth` applies.
    static let growthMinimum = 1_000

    /// Plans a new run from its snapshot, performs all checks, and runs it.
    ///
    /// - Parameter settled: Called when nothing forbids it any more, before its first record.
    func start(
        _ new: NewRun, _ snapshot: Snapshot, _ context: JobContext,
        _ consent: (PlanSummary) -> Bool,
        settled: () throws(RunningError) -> Void = { () throws(RunningError) in }
    ) throws(RunningError) -> RunResult {
        var new = new
        var context = context
        let request = new.request
        let planned = try plan(
            snapshot: snapshot.path, manifest: request.manifest, run: request.run,
            name: request.source.name)
        let calls = planned.calls(for: planned.items)
        var summary = planned.summary(of: calls, for: planned.items)
        try checkLimits(new, itemCount: summary.items)
        let findings = planned.result.diagnostics
        if findings.errorCount + findings.warningCount > 0 {
            context.observer.found(findings, path: request.source.name)
        }
        try readOrganisation(&context, of: planned.items)
        new.request.run.target = context.settings.target
        summary.organisation = context.organisation
        guard consent(summary) else { throw JobRunner.consentMissing }
        try new.directory.checkSpace(
            estimate: RunDirectory.estimatedByteCount(
                rows: summary.rows, items: summary.items, calls: summary.calls,
                manifestByteCount: snapshot.byteCount))
        let bodies = try planned.bodies(snapshot: snapshot.path)
        if stops.isRequested { throw RunningError.stoppedEarly }
        try settled()

        let header = new.header(snapshot)
        let relay = try onDisk { () throws(SystemError) in
            SessionJournal(try JournalFile.create(new.directory.journalPath, first: header))
        }
        let counts = PlannedCounts(
            rows: summary.rows, items: summary.items, duplicates: summary.duplicates,
            skipped: summary.skipped, calls: summary.calls)
        let session = SessionRecord.now(
            number: 1, clock: context.clock, timeout: context.settings.limits.timeout)
        try relay.appendAndWaitOrClose([.planned(counts), .session(session)])

        var recovered = RecoveredRun()
        recovered.header = header
        recovered.planned = counts
        recovered.sessionCount = 1
        recovered.lastSession = session
        recovered.lastRecordAtMilliseconds = context.clock.wallMilliseconds()
        recovered.nextSequence = 4
        return try execute(
            PreparedRun(
                directory: new.directory, header: header, planned: counts, items: planned.items,
                calls: calls, summary: summary, bodies: bodies,
                recovered: recovered, continues: false),
            on: relay, context)
    }

    /// Reads and plans a snapshot.
    ///
    /// - Throws: `manifestInvalid` (65).
    func plan(
        snapshot path: String, manifest: ManifestSettings, run: RunSettings, name: String
    ) throws(RunningError) -> PlannedManifest {
        let pipeline = try PlanPipeline(manifest, source: .file(path))
        let stops = stops
        let reading = try pipeline.read(.file(path), isStopRequested: { stops.isRequested })
        let planned = PlannedManifest(reading, of: pipeline, manifest: manifest, run: run)
        var diagnostics = reading.result.diagnostics
        if let refused = planned.notExecutable { diagnostics.append(refused) }
        guard !reading.result.stopsRun, planned.notExecutable == nil else {
            let count = diagnostics.errorCount
            throw RunningError(
                .manifestInvalid(path: name, diagnostics),
                "\(name): \(count == 1 ? "1 error" : "\(count) errors"); nothing was sent")
        }
        return planned
    }

    private func checkLimits(_ new: NewRun, itemCount: Int) throws(RunningError) {
        try JobRunner.checkMaximumItems(new.request.run, itemCount: itemCount)
        guard let growth = new.request.maximumGrowth, itemCount > JobRunner.growthMinimum,
            let last = try EarlierRuns(of: new.directory.job).lastFinishedItemCount(),
            Double(itemCount) > growth * Double(last)
        else { return }
        throw RunningError(
            .tooManyItems,
            "\(itemCount) items are more than \(growth) times the \(last) of the job's last "
                + "finished run (maxGrowth): is the export what it should be? When it is, set "
                + "maxGrowth to 0 for this start")
    }

    static func checkMaximumItems(
        _ run: RunSettings, itemCount: Int
    ) throws(RunningError) {
        guard let maximum = run.maximumItems, itemCount > maximum else { return }
        throw RunningError(
            .tooManyItems,
            "\(itemCount) items are more than --max-items \(maximum) allows; nothing was sent")
    }

    static var consentMissing: RunningError {
        RunningError(
            .consentMissing,
            "the plan was not confirmed; nothing was sent. On a terminal relsweep asks, "
                + "elsewhere give --yes")
    }
}

extension SessionJournal {
    /// As `appendAndWait`, but closes the journal on failure.
    func appendAndWaitOrClose(_ records: [JournalRecord]) throws(RunningError) {
        do throws(RunningError) {
            try appendAndWait(records)
        } catch {
            close()
            throw error
        }
    }
}

extension JobRunner {
    /// Abandons a run: its open items are written to `pending.csv` (or `.jsonl`), and a durable
    /// record to its journal.
    func abandon(
        _ directory: RunDirectory, _ context: JobContext
    ) throws(RunningError) {
        let (file, recovered) = try open(directory, context.observer)
        let relay = SessionJournal(file)
        defer { relay.close() }
        try writePending(directory, recovered, context)
        try relay.appendAndWait([
            .abandoned(
                AbandonedRecord(at: RunClock.timestamp(), user: ProcessFacts.userName))
        ])
    }

    /// A snapshot that cannot be planned any more does not prevent abandoning.
    private func writePending(
        _ directory: RunDirectory, _ recovered: RecoveredRun, _ context: JobContext
    ) throws(RunningError) {
        guard let header = recovered.header else { return }
        let snapshot = directory.snapshotPath(format: header.manifestFormat)
        let path = directory.pendingPath(format: header.manifestFormat)
        let planned: PlannedManifest
        let rows: SnapshotRows
        do throws(RunningError) {
            try checkSnapshot(directory, header)
            let settings = try PinnedSettings.manifestSettings(of: header)
            let pipeline = try PlanPipeline(settings, source: .file(snapshot))
            planned = PlannedManifest(
                try pipeline.read(.file(snapshot), isStopRequested: { false }), of: pipeline,
                manifest: settings, run: context.settings)
            rows = try SnapshotRows(of: directory, header)
        } catch {
            context.observer.noted("\(path) was not written: \(error.text)")
            return
        }
        try PendingItems.write(
            PendingItems.without(
                outcomesOf: recovered.outcomeOfRow, carried: [], in: planned.items),
            of: rows, to: path)
    }
}

extension JobRunner {
    /// Reads which organisation the run changes, if it has calls for the CRM, and reports if it
    /// could not be read.
    ///
    /// - Parameter pinned: What the journal pins; empty for a new run, or where it could not be
    ///   read then.
    /// - Throws: `accountsUnreachable` (69) when a run with a pinned organisation gets no clear
    ///   answer: it may be another one now. `throttledTokens` (75) if the service accepts no calls.
    func readOrganisation(
        _ context: inout JobContext, of items: WorkItems, pinned: String = ""
    ) throws(RunningError) {
        guard let reader = context.settings.organisation,
            !items.groups.isEmpty || !items.deletedParents.isEmpty
        else { return }
        var sent: [Int64] = []
        let clock = context.clock
        let reading = reader.read { sent.append(clock.wallMilliseconds()) }
        context.questionsAtMilliseconds += sent
        context.organisation = reading
        let then = pinned.isEmpty ? "" : ", and was \(pinned) when the run began"
        switch reading {
        case .known(let organisation): context.settings.target.organisation = organisation.id
        case .withheld(let why):
            context.observer.noted(
                "the organisation could not be read\(then): \(why); whether a later start reaches "
                    + "the same one is not checked")
        case .unanswered(let why), .throttled(let why):
            guard pinned.isEmpty else {
                // Out of calls means paused: an early retry would cost another call.
                let isThrottled = reading == .throttled(why)
                throw RunningError(
                    isThrottled ? .throttledTokens : .accountsUnreachable,
                    "the organisation could not be read\(then): \(why); nothing was sent, start "
                        + "again later")
            }
            context.observer.noted(
                "the organisation could not be read: \(why); whether a later start reaches the "
                    + "same one is not checked")
        }
    }
}
