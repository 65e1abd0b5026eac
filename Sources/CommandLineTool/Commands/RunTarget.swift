internal import JobModel
internal import Running
internal import SandboxAPI
internal import ZohoAPI

/// Whom a run speaks to: a real account, or a simulated organisation in this process.
enum RunTarget: Sendable {
    case account(RunSettings)
    case sandbox(RunSettings, BuiltInSandbox)

    var settings: RunSettings {
        switch self {
        case .account(let settings), .sandbox(let settings, _): settings
        }
    }

    var sandbox: BuiltInSandbox? {
        if case .sandbox(_, let sandbox) = self { sandbox } else { nil }
    }

    /// - Parameter isSandbox: `--sandbox`, or what the journal of a run to resume says.
    init(_ context: CommandContext, isSandbox: Bool) throws(ToolFailure) {
        if isSandbox {
            let sandbox = try BuiltInSandbox(context)
            let endpoints = ServiceEndpoints(everythingAt: sandbox.address)
            let settings = RunTarget.settings(
                context, endpoints,
                tokens: StaticAccessToken(secret: BuiltInSandbox.token, host: "the sandbox"),
                isSandbox: true)
            self = .sandbox(settings, sandbox)
            return
        }
        try RunTarget.refuseSandboxOptions(context)
        let endpoints: ServiceEndpoints
        do throws(ServiceAddressError) {
            endpoints = try context.settings.endpoints()
        } catch {
            throw .running(RunningError(.configuration, error.message))
        }
        if let path = context.settings.text(.caFile) { try AuthoritiesFile.check(path) }
        let account = try AccountTokens(context, endpoints)
        var settings = RunTarget.settings(
            context, endpoints, tokens: account.tokens, isSandbox: false)
        settings.target.clientHash = account.clientHash
        settings.organisation = OrganisationReader(
            tokens: account.tokens, profile: settings.profile,
            settings: context.settings.transport(endpoints))
        self = .account(settings)
    }

    private static func settings(
        _ context: CommandContext, _ endpoints: ServiceEndpoints, tokens: any AccessTokens,
        isSandbox: Bool
    ) -> RunSettings {
        let target = PinnedTarget(
            apiDomain: endpoints.apiDomain.description,
            creatorURL: endpoints.creator.description,
            accountsHost: endpoints.accounts.host, isSandbox: isSandbox)
        var settings = RunSettings(
            target: target, tool: Tool.version, tokens: tokens,
            transport: ServiceTransport.factory(context.settings.transport(endpoints)))
        settings.suggestedOptions = context.arguments.suggestedOptions
        settings.limits = context.settings.limits
        settings.profile = context.settings.profile
        if !endpoints.creator.path.isEmpty {
            settings.profile.creatorPath = endpoints.creator.path
        }
        settings.pinsCreatorRounds = context.settings.flag(.pinsCreatorRounds)
        settings.haltsOnRecordDeleted = context.settings.text(.recordDeleted) != "warn"
        settings.until = context.settings.until
        settings.maximumItems = context.settings.integer(.maximumItems)
        settings.reopens = context.settings.reopens
        return settings
    }

    /// Faults for a real account are nothing that anybody can want.
    private static func refuseSandboxOptions(_ context: CommandContext) throws(ToolFailure) {
        for option in [OptionName.latency, .faults, .style, .seed]
        where context.arguments.has(option) {
            throw .argument(
                .conflict("\(option.spelling) is for the sandbox, and this run has none"),
                context.command)
        }
    }
}
