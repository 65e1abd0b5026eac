import JobModel
import Journaling
import SystemCalls

/// An earlier run of the job, with the replay of its journal.
struct RecordedRun {
    var directory: RunDirectory
    var journal: RecoveredJournal

    var recovered: RecoveredRun { journal.run }

    /// Reads the journal without touching it; nil when there is none.
    ///
    /// - Parameter isReadOnly: Nothing is sent because of it, so that it may belong to any user.
    /// - Throws: `configuration` (78) when others could have written it; `disk` (74).
    static func read(
        _ directory: RunDirectory, isReadOnly: Bool = false
    ) throws(RunningError) -> RecordedRun? {
        if !isReadOnly { try DirectoryTrust.check(run: directory) }
        return try onDisk { () throws(SystemError) in
            // A dangling link is not a missing journal: it may hide a run.
            guard try FileSystem.kind(of: directory.journalPath, followLinks: false) != .missing
            else { return nil }
            return RecordedRun(
                directory: directory, journal: try JournalFile.read(directory.journalPath))
        }
    }

    /// The input of the decision table.
    func earlierRun(nowMilliseconds: Int64) -> EarlierRun {
        let run = recovered
        let planned = run.planned?.items ?? 0
        var earlier = EarlierRun(
            run: run.header?.run ?? directory.run, directory: directory.path, status: earlierStatus,
            manifestDigest: run.header?.manifestDigest ?? "",
            age: .milliseconds(max(0, nowMilliseconds - run.lastRecordAtMilliseconds)),
            pending: max(0, planned - run.counts.final),
            inDoubt: run.inDoubtCount)
        earlier.pendingName = RunDirectory.excerptName(
            "pending", format: run.header?.manifestFormat ?? "csv")
        earlier.runsEveryTime = !run.rounds.isEmpty
        return earlier
    }

    private var earlierStatus: EarlierRun.Status {
        switch journal.condition {
        case .neverStarted: return .neverStarted
        case .damaged, .notUnderstood:
            return .unreadable(
                journal.notice(path: directory.journalPath) ?? directory.journalPath)
        case .whole, .zeros, .tornTail: break
        }
        // A directory that was copied under a name of its own may be resumed; one that has a
        // run's name and another run's journal is a mix-up.
        if let header = recovered.header, header.run != directory.run,
            RunIdentifier(directory.run) != nil
        {
            return .unreadable("it is the journal of run \(header.run)")
        }
        if recovered.abandoned != nil { return .abandoned }
        if let halt = recovered.halt { return .halted(halt.number, halt.record.text) }
        guard let stop = recovered.stop, stop.state == .finished else { return .paused }
        return .finished(exit: stop.exit)
    }
}
