internal import JobModel
internal import Reporting
internal import Running
internal import SystemCalls

/// The command-line tool: runs a command line and returns its exit status.
package enum Tool {
    /// `--version` prints it, and journals name it.
    package static let version = "relsweep 0.1.0"

    /// The whole process.
    package static func main() -> Never {
        // Handle a closed pipe and a file size limit as errors, not as signals.
        SignalDispositions.ignore(.brokenPipe)
        SignalDispositions.ignore(.fileSizeLimit)
        // libcurl would write the TLS keys of every connection, and thus the token, to this file.
        ProcessFacts.unsetEnvironment("SSLKEYLOGFILE")
        // This process's memory contains secrets: no core dump.
        ProcessFacts.disableCoreDumps()
        SignalDispositions.useDefaultCrashActions()
        let status = run(Array(CommandLine.arguments.dropFirst()))
        ProcessFacts.exitNow(status.rawValue)
    }

    /// One command, on the calling thread.
    static func run(_ words: [String]) -> ExitStatus {
        let arguments: Arguments
        do throws(ArgumentError) {
            arguments = try Arguments.parse(words)
        } catch {
            let console = Console(style: .detected(isQuiet: false))
            FailureText(ToolFailure.argument(error, commandNamed(in: words))).print(on: console)
            return .usage
        }
        switch arguments.request {
        case .version: return printResult(version + "\n", .done)
        case .help(let command): return printResult(HelpText.text(command), .done)
        case .command(let command): return run(command, arguments)
        }
    }

    private static func run(_ command: CommandName, _ arguments: Arguments) -> ExitStatus {
        var console = Console(style: .detected(isQuiet: arguments.has(\.output.quiet)))
        do throws(ToolFailure) {
            let context = try CommandContext(command, arguments)
            console = context.console
            switch command {
            case .plan: return try PlanCommand(context).run()
            case .run: return try RunCommand(context).run()
            case .resume: return try ResumeCommand(context).run()
            case .status: return try StatusCommand(context).run()
            case .discover: return try DiscoverCommand(context).run()
            case .simulator: return try SimulatorCommand(context).run()
            case .authExchange: return try AuthExchangeCommand(context).run()
            case .authCheck: return try AuthCheckCommand(context).run()
            }
        } catch {
            FailureText(error, options: arguments.suggestedOptions).print(on: console)
            return error.exit
        }
    }

    /// Writes a result to standard output; 74 if that fails.
    static func printResult(_ text: String, _ status: ExitStatus) -> ExitStatus {
        if StandardStream.output.write(text) { return status }
        Console(style: .detected(isQuiet: false)).error("cannot write to standard output")
        return status == .done || status == .finishedWithFailures ? .journal : status
    }

    /// Writes lines of text as the result. Control characters from manifests, journals and services
    /// are made harmless for terminals.
    static func printLines(_ lines: [String], _ status: ExitStatus) -> ExitStatus {
        printResult(lines.map { SafeText.harmless($0) + "\n" }.joined(), status)
    }

    /// Writes JSON, one value per line. Characters that could control a terminal are escaped, which
    /// is equivalent for JSON parsers.
    static func printJSON(_ text: String, _ status: ExitStatus) -> ExitStatus {
        printResult(SafeText.escapedInJSON(text), status)
    }

    private static func commandNamed(in words: [String]) -> CommandName? {
        let pairs = zip(words, words.dropFirst()).map { "\($0) \($1)" }
        return (pairs + words).lazy.compactMap { CommandName(rawValue: $0) }.first
    }
}
