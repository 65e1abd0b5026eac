/// The exit statuses of every command (design: "Commands"; README and `--help` print the same
/// table).
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
