package import JobModel
package import Running
package import SystemCalls

/// Why a command could not do its work. `FailureText` renders it, once, at the end of the process.
package enum ToolFailure: Error, Equatable, Sendable {
    case argument(ArgumentError, CommandName?)
    case settings(SettingsError)
    case running(RunningError)
    /// The simulated organisation could not listen.
    case simulator(SystemError)
    /// A report could not be written; the journal has everything, or has failed before.
    case report(RunningError, journalIsWhole: Bool)

    package var exit: ExitStatus {
        switch self {
        case .argument: .usage
        case .settings(.argument): .usage
        case .settings: .configuration
        case .running(let error): error.exit
        case .simulator: .configuration
        case .report: .journal
        }
    }
}
