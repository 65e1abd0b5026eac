internal import JobModel
internal import Reporting
internal import Running
internal import Simulator
internal import SystemCalls
internal import ZohoAPI

/// `relsweep simulator`
struct SimulatorCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws(ToolFailure) -> ExitStatus {
        var settings = SimulatorSettings()
        settings.organisation = OrganisationSettings(context.settings)
        if let port = context.settings[\.simulation.port] { settings.port = UInt16(port) }
        let stop = BlockingWait<Void>()
        let stops = StopRequests()
        let watch = Signals(stops: stops, effects: Signals.Effects(say: { _ in })).install()
        defer { withExtendedLifetime(watch) {} }
        let server = SimulatorServer(settings, world: try world())
        let address: String
        do throws(SystemError) {
            address = try server.start()
        } catch {
            throw .simulator(error)
        }
        stops.runBegan { stop.complete(()) }
        let status = Tool.printResult(address + "\n", .done)
        if status != .done { return status }
        context.console.information(["serving a simulated organisation until SIGTERM"])
        stop.wait()
        server.stop()
        return .done
    }

    /// The initial content: the manifest's relations and unrelated ones, or all supported
    /// relations.
    private func world() throws(ToolFailure) -> World {
        guard let path = context.settings[\.simulation.manifest] else { return World(.universal) }
        let outcome = try PlanCommand.plan(
            context, source: path == "-" ? .standardInput : .file(path))
        if outcome.stopsRun {
            throw .running(
                RunningError(
                    .manifestInvalid(path: outcome.path, outcome.diagnostics),
                    "\(outcome.path): the organisation can't be filled from this manifest"))
        }
        let filled = SimulatedRecords(of: outcome.items)
        if filled.unknown > 0 {
            context.console.warning(
                "\(NumberText.counted(filled.unknown, "item")) in lists that the organisation "
                    + "does not have")
        }
        return filled.world
    }
}
