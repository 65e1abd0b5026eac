import Execution
import JobModel
import Journaling
import SystemCalls
import ZohoAPI

/// A session whose records are durable, ready for the engine.
struct PreparedRun {
    var directory: RunDirectory
    var header: RunHeader
    var planned: PlannedCounts
    /// The whole manifest's.
    var items: WorkItems
    /// For all open items that no open call carries.
    var calls: CallPlan
    var summary: PlanSummary
    var bodies: UpdateBodies?
    var recovered: RecoveredRun
    var continues: Bool
}

extension JobRunner {
    /// The report of a run that was over already. A process that died behind the run's last record
    /// left its files unwritten: they are written now.
    func reportOfFinishedRun(_ recorded: RecordedRun, exit: Int32, _ context: JobContext)
        -> RunResult
    {
        let report = recorded.report(exit: exit)
        let directory = recorded.directory
        do throws(SystemError) {
            let journal = try FileSystem.status(of: directory.journalPath)
            if try FileSystem.kind(of: directory.summaryPath) == .file,
                try FileSystem.status(of: directory.summaryPath).modifiedNanoseconds
                    >= journal.modifiedNanoseconds
            {
                return report
            }
        } catch {
            context.observer.noted("the reports were not looked at: \(error)")
            return report
        }
        do throws(RunningError) {
            try checkSnapshot(directory, report.header)
            let snapshot = directory.snapshotPath(format: report.header.manifestFormat)
            let manifest = try plan(
                snapshot: snapshot,
                manifest: try PinnedSettings.manifestSettings(of: report.header),
                run: context.settings, name: snapshot)
            context.observer.ended(report, items: manifest.items)
        } catch {
            context.observer.noted("the reports were not written: \(error.text)")
        }
        return report
    }

    /// Runs the engine, and reports.
    func execute(
        _ prepared: PreparedRun, on relay: SessionJournal, _ context: JobContext
    ) throws(RunningError) -> RunResult {
        let clock = context.clock
        var recovered = prepared.recovered
        recovered.rebase(to: clock.ofSession)
        let recent = try EarlierRuns(of: prepared.directory.job).recentAttempts(
            excluding: prepared.directory, clock)
        // The limit of calls per minute belongs to the service and covers all runs.
        recovered.recentAttempts = (recovered.recentAttempts + recent.attempts)
            .sorted { $0.atMilliseconds < $1.atMilliseconds }
        recovered.recentAttempts += context.questionsAtMilliseconds.map {
            RecoveredRun.RecentAttempt(service: .crm, atMilliseconds: $0)
        }
        recovered.pauses += recent.pauses
        if let last = recent.lastDoubtfulRoundAtMilliseconds {
            recovered.lastDoubtfulRoundAtMilliseconds = max(
                last, recovered.lastDoubtfulRoundAtMilliseconds ?? .min)
            recovered.longestTimeoutMilliseconds = max(
                recent.longestTimeoutMilliseconds, recovered.longestTimeoutMilliseconds)
        }
        var limits = context.settings.limits
        limits.startDeadline = context.startDeadlineMilliseconds.map {
            clock.moment(ofMilliseconds: $0)
        }
        var setup = EngineSetup(
            plan: prepared.calls, itemCount: prepared.items.itemCount, recovered: recovered,
            limits: limits, profile: context.settings.profile, seed: RandomSource.seed(),
            wallMillisecondsAtZero: clock.wallMillisecondsAtZero)
        setup.profile.childModules =
            try PinnedSettings.manifestSettings(of: prepared.header).childModules
        setup.usesExplicitIDs = context.settings.usesExplicitIDs
        setup.haltsOnRecordDeleted = context.settings.recordDeleted == .halt
        setup.earlierCallsInLast24Hours =
            recent.callsInLast24Hours + context.questionsAtMilliseconds.count
        setup.skippedRows = prepared.planned.skipped
        setup.tokenGeneration = context.settings.tokens.current()?.generation ?? 1

        let board = ProgressSnapshot()
        context.observer.prepared(
            RunStart(
                directory: prepared.directory, header: prepared.header,
                continues: prepared.continues, summary: prepared.summary, progress: board,
                rounds: prepared.recovered.rounds),
            items: prepared.items, outcomeOfRow: prepared.recovered.outcomeOfRow)
        let ending = try RunSession(
            settings: context.settings, stops: stops, observer: context.observer, board: board,
            clock: clock, bodies: prepared.bodies
        ).execute(setup, on: relay)
        let report = RunResult(
            directory: prepared.directory, header: prepared.header, planned: prepared.planned,
            ending: ending, didSend: true)
        context.observer.ended(report, items: prepared.items)
        return report
    }
}
