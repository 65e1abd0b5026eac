import Execution
import JobModel
import Journaling
import Planning
import SystemCalls

extension JobRunner {
    /// More items than this are measured against the job's last finished run (`maxGrowth`).
    static let growthMinimum = 1_000

    /// Plans a new run from its snapshot, checks everything that may forbid it, and does it.
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
            "nobody said yes to this plan; nothing was sent. On a terminal relsweep asks, "
                + "elsewhere give --yes")
    }
}

extension SessionJournal {
    /// As `appendAndWait`, and gives the journal back when that fails.
    func appendAndWaitOrClose(_ records: [JournalRecord]) throws(RunningError) {
        do throws(RunningError) {
            try appendAndWait(records)
        } catch {
            close()
            throw error
        }
    }
}
