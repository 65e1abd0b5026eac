internal import JobModel
internal import ManifestReading
internal import Running
internal import ZohoAPI

// From settings to what a run is asked. Every key of the schema that a run obeys is used here.
extension Settings {
    /// Bounds and speeds.
    var limits: RunLimits {
        var limits = RunLimits()
        if let value = integer(.concurrency) { limits.concurrency[.crm] = value }
        if let value = integer(.callsPerMinute) { limits.callsPerMinute[.crm] = value }
        if let value = integer(.creatorConcurrency) { limits.concurrency[.creator] = value }
        if let value = integer(.creatorCallsPerMinute) { limits.callsPerMinute[.creator] = value }
        limits.timeout = duration(.timeout)
        if let value = integer(.retries) { limits.retries = value }
        limits.firstBackoff = duration(.firstBackoff)
        limits.maximumBackoff = duration(.maximumBackoff)
        if let value = integer(.retryBudget) { limits.retryBudget = value }
        if let value = integer(.retryBudgetPerMinute) { limits.retryBudgetRefillPerMinute = value }
        limits.throttlePause = duration(.throttlePause)
        limits.maximumThrottlePause = duration(.maximumThrottlePause)
        limits.outOfCallsAfter = duration(.outOfCallsAfter)
        limits.giveUp = duration(.giveUp)
        limits.maximumCalls = integer(.maximumCalls)
        if case .failureBudget(let budget)? = self[.maximumFailures].value {
            limits.failureBudget = budget
        }
        if case .percent(let percent)? = self[.maximumAbsent].value {
            limits.maximumAbsentPercent = percent
        }
        limits.dailyCredits = integer(.dailyCredits)
        return limits
    }

    /// How requests look.
    var profile: ServiceProfile {
        var profile = ServiceProfile()
        if let version = text(.apiVersion) { profile.crmVersion = version }
        if let count = integer(.idsPerCall) { profile.idsPerCall = count }
        if let count = integer(.maximumURLBytes) { profile.maximumTargetByteCount = count }
        profile.sendsAttachmentsInBulk = flag(.attachmentsInBulk)
        return profile
    }

    /// Whom a run speaks to, unless it is the sandbox.
    func endpoints() throws(ServiceAddressError) -> ServiceEndpoints {
        try ServiceEndpoints(
            dataCentre: text(.dataCentre).flatMap { DataCentre($0) } ?? .us,
            edition: text(.edition).flatMap { DataCentre.Edition(rawValue: $0) },
            apiDomain: text(.apiDomain), accountsURL: text(.accountsURL),
            creatorURL: text(.creatorURL))
    }

    /// How requests reach the service.
    func transport(_ endpoints: ServiceEndpoints) -> TransportSettings {
        var transport = TransportSettings(
            endpoints: endpoints,
            userAgent: String(Tool.version.map { $0 == " " ? "/" : $0 }))
        transport.timeout = duration(.timeout)
        transport.connectTimeout = duration(.connectTimeout)
        if case .duration(let value)? = self[.firstByteTimeout].value {
            transport.firstByteTimeout = value
        }
        transport.caFile = text(.caFile)
        transport.proxy = text(.proxy)
        if text(.httpVersion) == "2" { transport.httpVersion = .http2 }
        return transport
    }

    /// How the manifest is read and planned.
    var manifest: ManifestSettings {
        var manifest = ManifestSettings()
        manifest.format = text(.format)
        if case .columns(let columns)? = self[.columns].value {
            manifest.columns = columns.map { "\($0.column)=\($0.header)" }
        }
        let defaults: [(SettingKey, KnownColumn)] = [
            (.operation, .operation), (.module, .module), (.relatedList, .relatedList),
        ]
        for (key, column) in defaults {
            if let text = text(key) { manifest.defaults.append(.init(column: column, text: text)) }
        }
        for list in words(.allowedLists) {
            let names = list.split { $0 == "/" || $0 == ":" }.compactMap { APIName(String($0)) }
            guard names.count == 2 || names.count == 3 else {
                preconditionFailure("delink.allowedLists holds \"\(list)\", not Module/List")
            }
            manifest.allowedPairs.append(
                .init(
                    module: names[0], relatedList: names[1],
                    childModule: names.count == 3 ? names[2] : nil))
        }
        manifest.skipsInvalid = flag(.skipInvalid)
        manifest.allowsDeleteAll = flag(.allowDeleteAll)
        manifest.pivot = text(.pivot) == "as-written" ? .asWritten : .auto
        return manifest
    }

    /// `--until`.
    var until: UntilTime? {
        guard case .timeOfDay(let time)? = self[.until].value else { return nil }
        return UntilTime(
            hour: time.hour, minute: time.minute, offsetSeconds: time.offsetMinutes.map { $0 * 60 })
    }

    /// `--retry`.
    var reopens: [OutcomeKind] { words(.retry).compactMap { OutcomeKind(word: $0) } }
}
