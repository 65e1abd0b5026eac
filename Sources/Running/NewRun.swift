import JobModel
import Journaling
import ManifestReading
import SystemCalls

/// A run that has a directory and no journal yet.
struct NewRun {
    var request: JobRequest
    var directory: RunDirectory
    /// `csv`, `json` or `jsonl`.
    var format: String

    /// Copies the manifest into the run's directory.
    func takeSnapshot(isStopRequested: () -> Bool) throws(RunningError) -> Snapshot {
        try Snapshot.take(
            of: request.source, to: directory.snapshotPath(format: format),
            isStopRequested: isStopRequested)
    }

    /// The journal's first record.
    func header(_ snapshot: Snapshot) -> RunHeader {
        var source = "-"
        if case .file(let path) = request.source { source = path }
        return RunHeader(
            run: directory.run, job: directory.job.name.text, tool: request.run.tool,
            startedAt: RunClock.timestamp(), user: ProcessFacts.userName,
            host: ProcessFacts.hostName,
            invocation: ProcessFacts.environment("INVOCATION_ID") ?? "", source: source,
            manifestFormat: format, manifestDigest: snapshot.digest,
            manifestByteCount: snapshot.byteCount,
            pinned: PinnedSettings.pins(manifest: request.manifest, run: request.run))
    }

    /// Removes the directory of a run that never started: nothing in it is of use to anybody.
    func discardUnlessStarted(_ observer: any RunObserver) {
        directory.removeUnlessStarted(observer)
    }
}

extension RunDirectory {
    /// Removes what a start left that never came to a journal: a snapshot, or part of one. Under
    /// the job's lock only.
    func removeUnlessStarted(_ observer: any RunObserver) {
        do throws(SystemError) {
            guard try FileSystem.kind(of: path) == .directory,
                try FileSystem.kind(of: journalPath) == .missing
            else { return }
            for format in ManifestFormat.allCases {
                let snapshot = snapshotPath(format: format.rawValue)
                if try FileSystem.kind(of: snapshot) == .file { try FileSystem.remove(snapshot) }
            }
            // Anything else in it is not ours, and keeps it.
            if try FileSystem.list(path).isEmpty { try FileSystem.removeDirectory(path) }
        } catch {
            // It does no harm: a directory without a journal never started.
            observer.remarked("a directory that is of no use could not be removed: \(error)")
        }
    }
}

extension SessionRecord {
    /// The record of this process.
    static func now(number: Int, overridesHalt: Bool) -> SessionRecord {
        SessionRecord(
            number: number, at: RunClock.timestamp(), processID: ProcessFacts.processID,
            host: ProcessFacts.hostName,
            invocation: ProcessFacts.environment("INVOCATION_ID") ?? "",
            overridesHalt: overridesHalt)
    }
}
