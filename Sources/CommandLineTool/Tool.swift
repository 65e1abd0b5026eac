internal import JobModel
internal import Reporting
internal import Running
internal import SystemCalls

/// The command-line tool: from the words of a command line to an exit status.
package enum Tool {
    /// `--version` prints it, and journals name it.
    package static let version = "relsweep 0.1.0"

    /// The whole process.
    package static func main() -> Never {
        // A reader that went away, and a file-size limit, are errors to handle and no deaths.
        SignalDispositions.ignore(.brokenPipe)
        SignalDispositions.ignore(.fileSizeLimit)
        // libcurl's TLS would write the keys of every connection to the file that it names, and
        // with them the token.
        ProcessFacts.unsetEnvironment("SSLKEYLOGFILE")
        // Secrets live in this memory.
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

    /// Writes a result to standard output; 74 when it can't be written, for half a result is none.
    static func printResult(_ text: String, _ status: ExitStatus) -> ExitStatus {
        if StandardStream.output.write(text) { return status }
        Console(style: .detected(isQuiet: false)).error("cannot write to standard output")
        return status == .done || status == .finishedWithFailures ? .journal : status
    }

    /// Lines for people as the result: what manifests, journals and services said in them does
    /// nothing to a terminal.
    static func printLines(_ lines: [String], _ status: ExitStatus) -> ExitStatus {
        printResult(lines.map { SafeText.harmless($0) + "\n" }.joined(), status)
    }

    /// JSON as the result, a value a line. It is for programs, but terminals get to see it too:
    /// what could steer one stands as an escape, which says the same to every reader of JSON.
    static func printJSON(_ text: String, _ status: ExitStatus) -> ExitStatus {
        printResult(SafeText.escapedInJSON(text), status)
    }

    private static func commandNamed(in words: [String]) -> CommandName? {
        let pairs = zip(words, words.dropFirst()).map { "\($0) \($1)" }
        return (pairs + words).lazy.compactMap { CommandName(rawValue: $0) }.first
    }
}
