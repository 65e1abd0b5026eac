internal import JobModel
internal import Running
internal import Simulator
internal import ZohoAPI

/// The target of a run: a real account, or the simulated service in this process.
enum RunTarget: Sendable {
    case account(RunSettings)
    case simulator(RunSettings, BuiltInSimulator)

    var settings: RunSettings {
        switch self {
        case .account(let settings), .simulator(let settings, _): settings
        }
    }

    var simulator: BuiltInSimulator? {
        if case .simulator(_, let simulator) = self { simulator } else { nil }
    }

    /// - Parameter isSimulated: `--simulate`, or what the journal of a run to resume says.
    init(_ context: CommandContext, isSimulated: Bool) throws(ToolFailure) {
        if isSimulated {
            let simulator = try BuiltInSimulator(context)
            let endpoints = ServiceEndpoints(everythingAt: simulator.address)
            var settings = context.settings.run(
                endpoints,
                tokens: StaticAccessToken(secret: BuiltInSimulator.token, host: "the simulator"),
                isSimulated: true)
            settings.suggestedOptions = context.arguments.suggestedOptions
            self = .simulator(settings, simulator)
            return
        }
        try RunTarget.refuseSimulatorOptions(context)
        let endpoints = try context.endpoints()
        if let path = context.settings[\.target.caFile] { try CAFile.check(path) }
        let account = try AccountTokens(context, endpoints)
        var settings = context.settings.run(endpoints, tokens: account.tokens)
        settings.suggestedOptions = context.arguments.suggestedOptions
        settings.target.clientHash = account.clientHash
        settings.organisation = OrganisationReader(
            tokens: account.tokens, profile: settings.profile,
            settings: context.settings.transport(endpoints))
        self = .account(settings)
    }

    /// Fault injection makes no sense for a real account.
    private static func refuseSimulatorOptions(_ context: CommandContext) throws(ToolFailure) {
        let group = SettingsTable.all.simulation.title
        for option in context.arguments.options
        where SettingsTable.group(of: option.row) == group {
            throw .argument(
                .conflict(
                    "\(option.row.option?.spelling ?? "") needs a simulated run (--simulate)"),
                context.command)
        }
    }
}
