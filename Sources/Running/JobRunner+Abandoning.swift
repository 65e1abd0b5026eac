import JobModel
import Journaling
import Planning
import SystemCalls

extension JobRunner {
    /// Gives a run up: what it leaves goes to `pending.csv`, and its journal says so durably.
    func abandon(
        _ directory: RunDirectory, _ observer: any RunObserver
    ) throws(RunningError) {
        let (file, recovered) = try open(directory, observer)
        let relay = JournalRelay(file)
        defer { relay.close() }
        try writePending(directory, recovered, observer)
        try relay.appendAndWait([
            .abandoned(
                AbandonedRecord(at: RunClock.timestamp(), user: ProcessFacts.userName))
        ])
    }

    /// A snapshot that can't be planned any more does not keep a run from being given up.
    private func writePending(
        _ directory: RunDirectory, _ recovered: RecoveredRun, _ observer: any RunObserver
    ) throws(RunningError) {
        guard let header = recovered.header else { return }
        let items: WorkItems
        do throws(RunningError) {
            let settings = try PinnedSettings.manifestSettings(of: header)
            let snapshot = directory.snapshotPath(format: header.manifestFormat)
            let pipeline = try PlanPipeline(settings, source: .file(snapshot))
            items = try pipeline.read(.file(snapshot), isStopRequested: { false }).result.items
        } catch {
            observer.remarked("\(directory.pendingPath) was not written: \(error.text)")
            return
        }
        do throws(SystemError) {
            try PendingItems.write(
                PendingItems.without(
                    outcomesOf: recovered.outcomeOfRow, carried: [], in: items),
                to: directory.pendingPath)
        } catch {
            throw RunningError(disk: error)
        }
    }
}
