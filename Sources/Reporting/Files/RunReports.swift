internal import JobModel
internal import Journaling
package import Running
package import SystemCalls

/// The files of a run's directory that people read: pure functions of its journal and its snapshot, written anew after
/// every start of the run.
package struct RunReports: Sendable {
    private let report: RunReport

    package init(_ report: RunReport) { self.report = report }

    /// Writes the files; each is whole or as it was before.
    ///
    /// - Returns: their names.
    package func write() throws(SystemError) -> [String] {
        let directory = RunDirectory(path: report.directory)
        let summary = RunSummary(report).json + "\n"
        try FileSystem.replace(directory.summaryPath, with: Array(summary.utf8))
        return ["summary.json"]
    }
}
