package import Execution
import JobModel
package import Journaling

extension JobRunner {
    /// The status of one run, also while it runs.
    ///
    /// - Parameter path: A journal file or a run directory.
    /// - Throws: `usage` (64), `disk` (74). Damage of the journal is in the status.
    package func status(path: String) throws(RunningError) -> RunStatus {
        let directory = try RunDirectory.locate(path)
        guard let run = try RecordedRun.read(directory, isReadOnly: true) else {
            throw RunningError(.usage, "\(directory.path) has no journal: the run never started")
        }
        return try run.status(holder: try JobLock.holder(of: directory.job))
    }

    /// The latest run of every job under the state root, by job name. What can't be read of one job
    /// hides no other.
    ///
    /// - Throws: `disk` (74), when the root can't be read.
    package func status(stateRoot: String) throws(RunningError) -> JobStatuses {
        var statuses = JobStatuses()
        for job in try StateDirectory(root: stateRoot).jobs() {
            do throws(RunningError) {
                guard let run = try EarlierRuns(of: job).latest(isReadOnly: true) else {
                    continue
                }
                statuses.runs.append(try run.status(holder: try JobLock.holder(of: job)))
            } catch {
                statuses.failures.append(error)
            }
        }
        return statuses
    }
}

/// The status of a run.
package struct RunStatus: Sendable {
    package var directory: RunDirectory
    package var header: RunHeader?
    package var planned: PlannedCounts?
    /// nil while it runs, or after its process was killed.
    package var stop: StopRecord?
    /// If set, the run is halted, even after its process was killed.
    package var halt: RecoveredRun.Halt?
    package var isAbandoned: Bool
    /// The process that runs the job now, if it is this run's.
    package var runningProcess: Int?
    /// From the journal; `pending` and `inDoubt` are filled.
    package var progress: RunProgress
    /// Milliseconds since 1970 of the last record.
    package var lastRecordAtMilliseconds: Int64
    /// Why the journal cannot be read to its end; nil if it can.
    package var damage: String?

    package init(
        directory: RunDirectory, header: RunHeader?, planned: PlannedCounts?, stop: StopRecord?,
        halt: RecoveredRun.Halt? = nil,
        isAbandoned: Bool, runningProcess: Int?,
        progress: RunProgress, lastRecordAtMilliseconds: Int64, damage: String?
    ) {
        self.directory = directory
        self.header = header
        self.planned = planned
        self.stop = stop
        self.halt = halt
        self.isAbandoned = isAbandoned
        self.runningProcess = runningProcess
        self.progress = progress
        self.lastRecordAtMilliseconds = lastRecordAtMilliseconds
        self.damage = damage
    }
    /// By its header, or where that is not readable by its directory.
    package var job: String { header?.job ?? directory.job.name.text }
}

/// The jobs of a state directory.
package struct JobStatuses: Sendable {
    /// The latest run of each job, by job name.
    package var runs: [RunStatus] = []
    /// Errors of jobs that could not be read, with their paths.
    package var failures: [RunningError] = []

    package init() {}
}

extension RecoveredRun {
    /// The progress of a run from its journal.
    package var progress: RunProgress {
        var progress = RunProgress()
        progress.counts = counts
        progress.itemCount = planned?.items ?? counts.final
        progress.counts.pending = max(0, progress.itemCount - counts.final)
        progress.callCount = callCount
        progress.attemptCount = attemptCount
        progress.inDoubt = inDoubtCount
        progress.creator = creator
        progress.recordsDeleted = recordsDeleted
        return progress
    }
}

extension RecordedRun {
    /// As `status` shows it.
    ///
    /// - Parameter holder: Who holds the job's lock; it is this run's process if its last session
    ///   says so.
    func status(holder: JobLock.Holder?) throws(RunningError) -> RunStatus {
        let run = recovered
        let isRunning = holder != nil && run.lastSession?.processID == holder?.processID
        var damage: String?
        switch journal.condition {
        case .damaged, .notUnderstood, .neverStarted:
            damage = journal.notice(path: directory.journalPath)
        // While the run is active, an apparent torn tail is a write in progress.
        case .tornTail where !isRunning: damage = journal.notice(path: directory.journalPath)
        case .whole, .zeros, .tornTail: break
        }
        return RunStatus(
            directory: directory, header: run.header, planned: run.planned,
            stop: run.stop, halt: run.halt, isAbandoned: run.abandoned != nil,
            runningProcess: isRunning ? holder?.processID : nil, progress: run.progress,
            lastRecordAtMilliseconds: run.lastRecordAtMilliseconds, damage: damage)
    }

    /// The report of a run that already ended; nothing was sent.
    func report(exit: Int32) -> RunResult {
        let run = recovered
        guard let header = run.header, let stop = run.stop else {
            preconditionFailure(
                "run \(directory.run) is reported as finished, and has no stop record")
        }
        return RunResult(
            directory: directory, header: header, planned: run.planned ?? .zero,
            ending: RunEnding(
                state: stop.state, reason: stop.reason, text: stop.text,
                exit: ExitStatus(rawValue: exit) ?? .bug, progress: run.progress),
            didSend: false)
    }
}

extension RecoveredRun {
    /// Calls that were sent and never clearly answered: of relations, rounds and pages.
    var inDoubtCount: Int {
        openCalls.count { $0.isInDoubt } + rounds.count { $0.openCall?.isInDoubt == true }
            + pages.count { $0.openCall?.isInDoubt == true }
    }
}
