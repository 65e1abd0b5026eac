package import JobModel
package import Running
package import SystemCalls

/// Why a command failed. Rendered once, by `FailureText`, at the end of the process.
package enum ToolFailure: Error, Equatable, Sendable {
    case argument(ArgumentError, CommandName?)
    case settings(SettingsError)
    case running(RunningError)
    /// The simulated service could not listen.
    case simulator(SystemError)
    /// A report could not be written; the journal is complete, or failed earlier.
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
