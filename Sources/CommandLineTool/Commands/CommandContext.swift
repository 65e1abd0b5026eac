internal import JobModel
internal import Reporting
internal import Running
internal import SystemCalls
internal import ZohoAPI

/// The context of a command: arguments, settings, credentials and the console.
struct CommandContext: Sendable {
    let command: CommandName
    let arguments: Arguments
    let settings: Settings
    let credentials: Credentials
    let console: Console

    init(_ command: CommandName, _ arguments: Arguments) throws(ToolFailure) {
        self.command = command
        self.arguments = arguments
        do throws(SettingsError) {
            let environment = Settings.Environment.process
            let path = try environment.configurationPath(arguments)
            var configuration: (path: String, content: Configuration)?
            if let path { configuration = (path, try Configuration.read(path)) }
            settings = try Settings(
                arguments: arguments, surroundings: environment, configuration: configuration)
            credentials = try Credentials(environment, settings: settings)
        } catch {
            if case .argument(let argumentError) = error {
                throw .argument(argumentError, command)
            }
            throw .settings(error)
        }
        console = Console(style: .detected(isQuiet: settings[\.output.quiet]))
    }

    /// The required operand.
    var operand: String {
        guard let operand = arguments.operand else {
            preconditionFailure("\(command) has no operand")
        }
        return operand
    }

    /// The endpoints of a real account.
    func endpoints() throws(ToolFailure) -> ServiceEndpoints {
        do throws(ServiceAddressError) {
            return try settings.endpoints()
        } catch {
            throw .running(RunningError(.configuration, error.message))
        }
    }

    /// Width of text output in columns.
    var width: Int { console.style.width }

    /// The source of the manifest for `plan` or `run`.
    var source: JobRequest.Source { operand == "-" ? .standardInput : .file(operand) }

    /// Converts a `RunningError`.
    func running<Value>(
        _ body: () throws(RunningError) -> Value
    ) throws(ToolFailure) -> Value {
        do throws(RunningError) {
            return try body()
        } catch {
            throw .running(error)
        }
    }
}

extension JobRequest {
    /// The request of `plan` and `run`.
    init(
        _ context: CommandContext, source: Source, run: RunSettings
    ) throws(ToolFailure) {
        let settings = context.settings
        let root = try context.running { () throws(RunningError) in
            try StateDirectory.root(flag: settings[\.runs.state])
        }
        self.init(
            source: source, manifest: settings.manifest, stateRoot: root, run: run)
        jobName = settings[\.runs.job]
        unfinished = settings[\.runs.unfinished]
        // From the command line only: in the configuration it would abandon every halted run.
        abandonsHalted = unfinished == .abandon && context.arguments.has(\.runs.unfinished)
        runsAgain = settings[\.runs.again]
        resumeWithin = settings[\.runs.resumeWithin]
        let growth = settings[\.limits.maximumGrowth]
        maximumGrowth = growth == 0 ? nil : Double(growth)
    }
}
