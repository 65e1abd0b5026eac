internal import JobModel
internal import ManifestReading
internal import Running
internal import ZohoAPI

// From settings to what a run is asked.
extension Settings {
    /// Limits and rates.
    var limits: RunLimits {
        var limits = RunLimits()
        limits.concurrency[.crm] = self[\.speed.concurrency]
        limits.callsPerMinute[.crm] = self[\.speed.callsPerMinute]
        limits.concurrency[.creator] = self[\.manifest.creatorConcurrency]
        limits.callsPerMinute[.creator] = self[\.manifest.creatorCallsPerMinute]
        limits.timeout = self[\.speed.timeout]
        limits.retries = self[\.speed.retries]
        limits.giveUp = self[\.speed.giveUp]
        limits.firstBackoff = self[\.waits.firstBackoff]
        limits.maximumBackoff = self[\.waits.maximumBackoff]
        limits.retryBudget = self[\.waits.retryBudget]
        limits.retryBudgetRefillPerMinute = self[\.waits.retryBudgetPerMinute]
        limits.throttlePause = self[\.waits.throttlePause]
        limits.maximumThrottlePause = self[\.waits.maximumThrottlePause]
        limits.outOfCallsAfter = self[\.waits.outOfCallsAfter]
        limits.maximumCalls = self[\.limits.maximumCalls]
        limits.failureBudget = self[\.limits.maximumFailures]
        limits.maximumAbsentPercent = self[\.limits.maximumAbsent]
        limits.dailyCredits = self[\.limits.dailyCredits]
        return limits
    }

    /// The form of requests.
    var profile: ServiceProfile {
        var profile = ServiceProfile()
        profile.crmVersion = self[\.target.apiVersion]
        profile.idsPerCall = self[\.manifest.idsPerCall]
        profile.maximumTargetByteCount = self[\.manifest.maximumURLBytes]
        profile.sendsAttachmentsInBulk = self[\.manifest.attachmentsInBulk]
        return profile
    }

    /// Where requests go, unless to the simulated service.
    func endpoints() throws(ServiceAddressError) -> ServiceEndpoints {
        try ServiceEndpoints(
            dataCentre: self[\.target.dataCentre], environment: self[\.target.environment],
            apiDomain: self[\.target.apiDomain], accountsURL: self[\.target.accountsURL],
            creatorURL: self[\.target.creatorURL])
    }

    /// The transport.
    func transport(_ endpoints: ServiceEndpoints) -> TransportSettings {
        var transport = TransportSettings(
            endpoints: endpoints,
            userAgent: String(Tool.version.map { $0 == " " ? "/" : $0 }))
        transport.timeout = self[\.speed.timeout]
        transport.connectTimeout = self[\.speed.connectTimeout]
        transport.firstByteTimeout = self[\.speed.firstByteTimeout]
        transport.caFile = self[\.target.caFile]
        transport.proxy = self[\.target.proxy]
        transport.httpVersion = self[\.target.httpVersion]
        return transport
    }

    /// Reading and planning.
    var manifest: ManifestSettings {
        var manifest = ManifestSettings()
        manifest.format = self[\.manifest.format]
        manifest.columns = self[\.manifest.columns]
        let defaults: [(KnownColumn, String?)] = [
            (.operation, self[\.manifest.operation]?.rawValue),
            (.module, self[\.manifest.module]?.text),
            (.relatedList, self[\.manifest.relatedList]?.text),
        ]
        manifest.defaults = defaults.compactMap { column, text in
            text.map { ColumnDefault(column, $0) }
        }
        manifest.allowedPairs = self[\.manifest.allowedLists]
        manifest.skipsInvalid = self[\.manifest.skipInvalid]
        manifest.allowsDeleteAll = self[\.manifest.allowDeleteAll]
        manifest.pivot = self[\.manifest.pivot]
        return manifest
    }

    /// What a run needs besides its manifest.
    func run(
        _ endpoints: ServiceEndpoints, tokens: any AccessTokens, isSimulated: Bool = false
    ) -> RunSettings {
        let target = PinnedTarget(
            apiDomain: endpoints.apiDomain.description,
            creatorURL: endpoints.creator.description,
            accountsHost: endpoints.accounts.host, isSimulated: isSimulated)
        var run = RunSettings(
            target: target, tool: Tool.version, tokens: tokens,
            transport: ServiceTransport.factory(transport(endpoints)))
        run.limits = limits
        run.profile = profile
        if !endpoints.creator.path.isEmpty { run.profile.creatorPath = endpoints.creator.path }
        run.usesExplicitIDs = self[\.manifest.creatorPin]
        run.recordDeleted = self[\.manifest.recordDeleted]
        run.until = self[\.speed.until]
        run.maximumItems = self[\.limits.maximumItems]
        for kind in self[\.runs.retry] where !run.outcomesToRetry.contains(kind) {
            run.outcomesToRetry.append(kind)
        }
        return run
    }
}
