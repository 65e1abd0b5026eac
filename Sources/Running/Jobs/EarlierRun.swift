import JobModel

/// The state of an earlier run, as input of the decision.
package struct EarlierRun: Equatable, Sendable {
    /// Its status.
    package enum Status: Equatable, Sendable {
        /// No durable first record: nothing was ever sent.
        case neverStarted
        /// With the exit status that it left.
        case finished(exit: Int32)
        /// Stopped or killed.
        case paused
        /// With the halt's number and reason.
        case halted(UInt64, String)
        case abandoned
        /// With what is wrong and where.
        case unreadable(String)
    }

    package var run: String
    package var directory: String
    package var status: Status
    /// SHA-256 of its snapshot; empty when unknown.
    package var manifestDigest: String
    /// Time since its last record.
    package var age: Duration
    /// The file for its rows when it is abandoned.
    package var pendingName = "pending.csv"
    /// Items without an outcome.
    package var pending: Int
    /// Calls that were sent and never clearly answered.
    package var inDoubt: Int
    /// Options of this start that a suggested command needs as well, ready for a shell, each with a
    /// blank before it: ` --state /srv/state`.
    package var options = ""
    /// Its manifest has Creator rows: what the criteria match tomorrow is not what they matched
    /// today, so that the same manifest is run every time.
    package var runsEveryTime = false

    package init(
        run: String, directory: String, status: Status, manifestDigest: String = "",
        age: Duration = .zero, pending: Int = 0, inDoubt: Int = 0
    ) {
        self.run = run
        self.directory = directory
        self.status = status
        self.manifestDigest = manifestDigest
        self.age = age
        self.pending = pending
        self.inDoubt = inDoubt
    }

    /// The arguments of `relsweep resume` for this run.
    var resumeArguments: String { ShellWord.quoted(directory) + options }

    /// `run 2026…, paused 3 h ago, 120 items pending, 2 calls in doubt`.
    package var described: String {
        let word =
            switch status {
            case .neverStarted: "never started"
            case .finished: "finished"
            case .paused: "paused"
            case .halted: "halted"
            case .abandoned: "abandoned"
            case .unreadable: "unreadable"
            }
        let items = pending == 1 ? "1 item" : "\(pending) items"
        let calls = inDoubt == 1 ? "1 call" : "\(inDoubt) calls"
        return "run \(run) (\(word) \(EarlierRun.ageText(age)) ago, \(items) pending, "
            + "\(calls) in doubt)"
    }

    /// An age in its largest sensible unit.
    package static func ageText(_ age: Duration) -> String {
        let seconds = max(0, age.components.seconds)
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7_200: return "\(seconds / 60) min"
        case ..<172_800: return "\(seconds / 3_600) h"
        default: return "\(seconds / 86_400) days"
        }
    }
}
