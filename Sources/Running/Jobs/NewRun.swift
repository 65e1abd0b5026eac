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
    func copySnapshot(isStopRequested: () -> Bool) throws(RunningError) -> Snapshot {
        try Snapshot.create(
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
            pinned: PinnedSettings.values(manifest: request.manifest, run: request.run))
    }

    /// Removes a run directory that has no journal.
    func removeUnlessStarted(_ observer: any RunObserver) {
        directory.removeUnlessStarted(observer)
    }
}

extension RunDirectory {
    /// Removes the remains of a start that never wrote the first record of its journal: a snapshot,
    /// a journal, or parts of them. Under the job's lock only.
    func removeUnlessStarted(_ observer: any RunObserver) {
        do throws(SystemError) {
            guard try FileSystem.kind(of: path, followLinks: false) == .directory else {
                return
            }
            switch try FileSystem.kind(of: journalPath, followLinks: false) {
            case .missing: break
            case .file where try holdsTornFirstRecord(): try FileSystem.remove(journalPath)
            case .file, .directory, .link, .other: return
            }
            for format in ManifestFormat.allCases {
                let snapshot = snapshotPath(format: format.rawValue)
                if try FileSystem.kind(of: snapshot, followLinks: false) == .file {
                    try FileSystem.remove(snapshot)
                }
            }
            // The directory is kept if it contains other files.
            if try FileSystem.list(path).isEmpty { try FileSystem.removeDirectory(path) }
        } catch {
            // Harmless: a directory without a journal never started.
            observer.noted("a directory that is of no use could not be removed: \(error)")
        }
    }
}

extension RunDirectory {
    /// Bytes of a first record, far more than one has.
    private static let maximumFirstRecordByteCount: UInt64 = 1 << 20

    /// Whether the process was killed while it wrote the first record: the journal has no complete
    /// line. A file with a line may be a damaged journal, and is not touched.
    private func holdsTornFirstRecord() throws(SystemError) -> Bool {
        let journal = try OpenFile.openRegular(journalPath, .read)
        let byteCount = try journal.size()
        guard byteCount <= RunDirectory.maximumFirstRecordByteCount else { return false }
        return try !journal.read(at: 0, byteCount: Int(byteCount)).contains(0x0A)
    }
}

extension SessionRecord {
    /// The record of this process.
    static func now(
        number: Int, clock: RunClock, timeout: Duration, overriddenHalt: UInt64? = nil
    ) -> SessionRecord {
        SessionRecord(
            number: number, at: CivilTime(milliseconds: clock.wallMilliseconds()).text,
            clock: clock.ofSession, processID: ProcessFacts.processID,
            host: ProcessFacts.hostName,
            invocation: ProcessFacts.environment("INVOCATION_ID") ?? "",
            overriddenHalt: overriddenHalt,
            timeoutMilliseconds: timeout.millisecondsRoundedUp)
    }
}
