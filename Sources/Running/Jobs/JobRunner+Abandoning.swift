import JobModel
import Journaling
import SystemCalls

extension JobRunner {
    /// Gives a run up: what it leaves goes to `pending.csv` (or `.jsonl`), and its
    /// journal says so durably.
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

    /// A snapshot that can't be planned any more does not keep a run from being given up.
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
