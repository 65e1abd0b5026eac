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

    /// Which of two statuses a process that came to both leaves: 70, 74, 76, 77, 69, 75, 3, 0;
    /// those of a start that never came to anything are the strongest.
    package func stronger(_ other: ExitStatus) -> ExitStatus {
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

    /// One line for the table.
    package var meaning: String {
        switch self {
        case .done: "everything done (or already so)"
        case .finishedWithFailures:
            "finished, some items failed, blocked, unknown, skipped or unaccounted"
        case .usage: "usage, or consent missing"
        case .manifestInvalid: "manifest invalid"
        case .manifestUnreadable: "manifest not readable"
        case .unreachable: "service not reachable"
        case .bug: "a bug in relsweep"
        case .journal: "journal or disk error"
        case .paused: "paused or locked: start again later"
        case .halted: "halted: a person must look"
        case .credentials: "credentials refused, or every kind blocked and nothing done"
        case .configuration: "configuration, or another target"
        }
    }
}
