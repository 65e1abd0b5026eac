internal import JobModel
internal import Reporting
internal import Running
internal import SystemCalls

/// `relsweep discover MANIFEST -o FILE`
struct DiscoverCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws(ToolFailure) -> ExitStatus {
        let discovery = try discovery()
        try refuseExisting(discovery)
        let target = try RunTarget(context, isSimulated: context.arguments.has(\.simulation.isUsed))
        defer { target.simulator?.stop() }
        var request = try JobRequest(context, source: context.source, run: target.settings)
        request.manifest.command = .discover
        request.manifest.discovery = discovery
        let watcher = RunWatcher(context, simulator: target.simulator)
        let session = RunExecution(
            context, watcher: watcher, simulator: target.simulator, discovery: discovery)
        return try session.perform { [request] (runner) throws(RunningError) in
            // Read-only: no confirmation.
            try runner.run(request, consent: { _ in true }, observer: watcher)
        }
    }

    private func discovery() throws(ToolFailure) -> DiscoverySettings {
        guard let given = context.settings[\.files.output] else {
            throw .argument(
                .conflict("discover needs a file to write: -o cleanup.csv"), context.command)
        }
        let path: String
        do throws(SystemError) {
            let directory = try FileSystem.realPath(FileSystem.directory(of: given))
            path = directory + "/" + FileSystem.name(of: given)
        } catch {
            throw .running(RunningError(.usage, "\(given) can't be written: \(error.reason)"))
        }
        return DiscoverySettings(
            outputPath: path, form: context.settings[\.files.form],
            replaces: context.settings[\.files.force])
    }

    /// Check now, not after an hour of reading.
    private func refuseExisting(_ discovery: DiscoverySettings) throws(ToolFailure) {
        do throws(SystemError) {
            if discovery.replaces { return }
            guard try FileSystem.kind(of: discovery.outputPath, followLinks: false) != .missing
            else { return }
        } catch {
            throw .running(
                RunningError(.usage, "\(discovery.outputPath) can't be written: \(error.reason)"))
        }
        throw .running(
            RunningError(
                .usage,
                "\(discovery.outputPath) is there already; give --force to replace it, or another "
                    + "--output"))
    }
}
