/// The exit statuses of every command. README and `--help` print the same table.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    case finishedWithFailures = 3
    case usage = 64
    case manifestInvalid = 65
    case manifestUnreadable = 66
    case unreachable = 69
    case bug = 70
    case journal = 74
    case paused = 75
    case halted = 76
    case credentials = 77
    case configuration = 78

    /// Which of two statuses a process exits with if both apply, in this order: 70, 74, 76, 77, 69,
    /// 75, 3, 0. Those of a start that did nothing are the strongest.
    package func mostSevere(_ other: ExitStatus) -> ExitStatus {
        rank >= other.rank ? self : other
    }

    private var rank: Int {
        switch self {
        case .done: 0
        case .finishedWithFailures: 1
        case .paused: 2
        case .unreachable: 3
        case .credentials: 4
        case .halted: 5
        case .journal: 6
        case .bug: 7
        case .usage, .manifestInvalid, .manifestUnreadable, .configuration: 8
        }
    }

    /// The description for the table.
    package var meaning: String {
        switch self {
        case .done: "done, or nothing to do"
        case .finishedWithFailures:
            "finished; some rows failed, were blocked or skipped, or are unknown or unaccounted"
        case .usage: "usage error, or the plan was not confirmed"
        case .manifestInvalid: "invalid manifest, or its checksum differs"
        case .manifestUnreadable: "the manifest cannot be read"
        case .unreachable: "the service cannot be reached"
        case .bug: "the journal has an exit status that this version does not know"
        case .journal: "disk or journal error, or standard output cannot be written"
        case .paused:
            "paused, locked, interrupted, or the manifest changed meanwhile: start again later"
        case .halted: "halted, or refused to start: needs manual review"
        case .credentials:
            "credentials missing or refused, or every kind of call was refused and nothing was done"
        case .configuration: "configuration error, or the run belongs to another target"
        }
    }
}
