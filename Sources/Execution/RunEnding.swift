package import JobModel
package import Journaling

/// How a run ended.
package struct RunEnding: Equatable, Sendable {
    package var state: RunState
    package var reason: StopReason
    /// What happened, with the numbers, and what to do next.
    package var text: String
    package var exit: ExitStatus
    /// The halt number for --override-halt; nil if the run is not halted.
    package var halt: UInt64?
    package var progress: RunProgress
    /// After a journal failure: records that are not durable, to be printed.
    package var unrecorded: [JournalRecord]

    package init(
        state: RunState, reason: StopReason, text: String, exit: ExitStatus, halt: UInt64? = nil,
        progress: RunProgress, unrecorded: [JournalRecord] = []
    ) {
        self.state = state
        self.reason = reason
        self.text = text
        self.exit = exit
        self.halt = halt
        self.progress = progress
        self.unrecorded = unrecorded
    }
}

/// The progress of a run; only durable records count.
package struct RunProgress: Equatable, Sendable {
    /// Over the whole run, earlier sessions included.
    package var counts = OutcomeCounts()
    package var itemCount = 0
    /// Records of all Creator rows; unanswered rounds count as unaccounted.
    package var creator = CreatorTally()
    /// Records that the service said it deleted where none was to be.
    package var recordsDeleted = 0
    /// Distinct requests, splits included, over the whole run.
    package var callCount = 0
    /// Attempts over the whole run.
    package var attemptCount = 0
    package var inFlight = 0
    /// Attempts without an answer when the run ended.
    package var inDoubt = 0

    package init() {}
}
