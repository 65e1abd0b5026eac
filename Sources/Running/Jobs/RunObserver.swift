package import Execution
package import JobModel
package import Journaling
import Synchronization

/// Told what goes on. Members are called in order, from different queues, and must not block for
/// long.
package protocol RunObserver: Sendable {
    /// A notice that is not an error, such as resuming a run or repairing a journal.
    func noted(_ text: String)
    /// What planning found that does not stop a new run: warnings, and the faults of rows that
    /// `--skip-invalid` leaves out. Told before consent is asked for; `path` is the manifest's name
    /// in diagnostics. Not called when nothing was found.
    func found(_ diagnostics: DiagnosticList, path: String)
    /// Everything is planned and allowed, the journal is durable, nothing has been sent yet.
    ///
    /// `items` is the whole manifest's (for a simulator to fill itself from), `outcomeOfRow` what
    /// an earlier session has settled (`RecoveredRun.outcomeOfRow`); both are cheap to take.
    func prepared(_ start: RunStart, items: WorkItems, outcomeOfRow: [UInt8])
    /// Something a person wants to know now.
    func noticed(_ notice: RunNotice)
    /// The run has ended, or had ended without its reports: they are due now, while its lock is
    /// still held. `items` is the whole manifest's.
    func ended(_ report: RunResult, items: WorkItems)
}

/// A run that is about to send its first call.
package struct RunStart: Sendable {
    package var directory: RunDirectory
    package var header: RunHeader
    /// True for `resume`, and for a `run` that resumes a paused one.
    package var continues: Bool
    package var summary: PlanSummary
    package var progress: ProgressSnapshot
    /// Progress of Creator rows in earlier sessions.
    package var rounds: [RoundProgress]
}

/// The numbers of a run in progress, for display: read at any time, on any
/// thread.
package final class ProgressSnapshot: Sendable {
    private let latest = Mutex(RunProgress())

    package init() {}

    /// The newest numbers; only what is durable counts.
    package var progress: RunProgress { latest.withLock { $0 } }

    /// Replaces the numbers.
    package func publish(_ progress: RunProgress) { latest.withLock { $0 = progress } }
}
