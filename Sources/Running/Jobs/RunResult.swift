package import Execution
package import Journaling

/// The result of a `run` or `resume`.
package struct RunResult: Sendable {
    /// Holds snapshot, journal and reports.
    package var directory: RunDirectory
    package var header: RunHeader
    package var planned: PlannedCounts
    /// Its progress is over the whole run; `counts.pending` is filled.
    package var ending: RunEnding
    /// False when the run was over already and nothing was sent.
    package var didSend: Bool

    package init(
        directory: RunDirectory, header: RunHeader, planned: PlannedCounts, ending: RunEnding,
        didSend: Bool
    ) {
        self.directory = directory
        self.header = header
        self.planned = planned
        self.ending = ending
        self.didSend = didSend
    }
}
