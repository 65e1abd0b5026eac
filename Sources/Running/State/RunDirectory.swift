import ManifestReading
import SystemCalls

/// The directory of one run and the paths in it.
package struct RunDirectory: Equatable, Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// The directory's own name, which is the run's.
    package var run: String { FileSystem.name(of: path) }
    package var journalPath: String { path + "/journal.jsonl" }
    package var resultsPath: String { path + "/results.csv" }
    /// Records of Creator rows; only where the manifest has such rows.
    package var creatorRecordsPath: String { path + "/creator-records.csv" }
    /// Every child that `discover` found, and whether its output has it.
    package var discoveredPath: String { path + "/discovered.csv" }
    package var summaryPath: String { path + "/summary.json" }
    package var htmlReportPath: String { path + "/report.html" }

    /// The pending rows of an abandoned run: `pending.csv`, or `pending.jsonl` for JSON.
    ///
    /// - Parameter format: `csv`, `json` or `jsonl`, as the journal names the manifest's.
    package func pendingPath(format: String) -> String {
        path + "/" + RunDirectory.excerptName("pending", format: format)
    }

    /// The rows that were not done: `failed.csv`, or `failed.jsonl` of JSON.
    package func failedPath(format: String) -> String {
        path + "/" + RunDirectory.excerptName("failed", format: format)
    }

    /// What `failedPath` and `pendingPath` have for a name.
    package static func excerptName(_ name: String, format: String) -> String {
        let format = ManifestFormat(word: format) ?? .csv
        return "\(name).\(ManifestExcerpt.fileExtension(of: format))"
    }

    /// The snapshot of the manifest.
    ///
    /// - Parameter format: `csv`, `json` or `jsonl`.
    package func snapshotPath(format: String) -> String { path + "/manifest." + format }

    /// The job's directory.
    package var job: JobDirectory {
        let parent = FileSystem.directory(of: path)
        return JobDirectory(name: JobName(existing: FileSystem.name(of: parent)), path: parent)
    }

    /// Finds a run by its directory or journal path.
    ///
    /// - Throws: `usage` (64) when there is no such thing.
    package static func locate(_ path: String) throws(RunningError) -> RunDirectory {
        let resolved: String
        let kind: FileStatus.Kind
        do throws(SystemError) {
            resolved = try FileSystem.realPath(path)
            kind = try FileSystem.kind(of: resolved)
        } catch {
            throw RunningError(
                .usage, "\(path): \(error.reason); give a journal or a run directory")
        }
        switch kind {
        case .directory:
            return RunDirectory(path: resolved)
        case .file:
            guard FileSystem.name(of: resolved) == "journal.jsonl" else {
                throw RunningError(
                    .usage,
                    "\(path): not a journal (journal.jsonl) and not a run directory; "
                        + "relsweep run takes manifests")
            }
            return RunDirectory(path: FileSystem.directory(of: resolved))
        case .missing, .link, .other:
            throw RunningError(.usage, "\(path): neither a journal nor a run directory")
        }
    }

    /// Free space must be at least this many times the estimate of what the run will write.
    package static let spaceFactor: UInt64 = 2

    /// The estimated size of journal and reports.
    ///
    /// A call's records take about 600 bytes, and 60 more per item (row number, id, outcome); the
    /// reports repeat each row at most twice (results, failed) with 100 bytes of outcome.
    package static func estimatedByteCount(
        rows: Int, items: Int, calls: Int, manifestByteCount: Int
    ) -> UInt64 {
        let journal = UInt64(calls) * 600 + UInt64(items) * 60 + 4_096
        let reports = 2 * (UInt64(manifestByteCount) + UInt64(rows) * 100)
        return journal + reports
    }

    /// Checks that there is room for journal and reports.
    ///
    /// - Throws: `disk` (74), with the available and the needed space.
    package func checkSpace(estimate: UInt64) throws(RunningError) {
        let available = try onDisk { () throws(SystemError) in try FileSystem.freeSpace(path) }
        try checkSpace(estimate: estimate, available: available)
    }

    /// The decision alone, for tests.
    func checkSpace(estimate: UInt64, available: UInt64) throws(RunningError) {
        let needed = estimate * RunDirectory.spaceFactor
        guard available < needed else { return }
        throw RunningError(
            .disk,
            "\(path): \(available >> 20) MiB free, \((needed >> 20) + 1) MiB needed (twice the "
                + "estimate of journal and reports); make room, or give another --state")
    }
}
