internal import JobModel
internal import ZohoAPI

/// Every setting; the raw value is its key in the configuration file, a point for each level of
/// nesting.
///
/// If you add one, also add: its shape, default, option and variable below, its use in
/// RunSettings+Settings, and its line in config/relsweep.json5. Tests hold them together.
package enum SettingKey: String, CaseIterable, Sendable {
    // Whom a run speaks to.
    case dataCentre = "dataCenter"
    case edition, apiDomain
    case accountsURL = "accountsUrl"
    case creatorURL = "creatorUrl"
    case apiVersion, httpVersion, proxy, caFile
    // Files that hold a secret each.
    case accessTokenFile = "credentials.accessTokenFile"
    case refreshTokenFile = "credentials.refreshTokenFile"
    case clientIDFile = "credentials.clientIdFile"
    case clientSecretFile = "credentials.clientSecretFile"
    // How fast, and how long.
    case concurrency, callsPerMinute, timeout, connectTimeout, firstByteTimeout, retries, giveUp,
        until
    // Bounds of a run.
    case maximumCalls = "maxCalls"
    case maximumFailures = "maxFailures"
    case maximumAbsent = "maxAbsent"
    case maximumItems = "maxItems"
    case maximumGrowth = "maxGrowth"
    case dailyCredits
    // Waits.
    case firstBackoff = "waits.firstBackoff"
    case maximumBackoff = "waits.maxBackoff"
    case retryBudget = "waits.retryBudget"
    case retryBudgetPerMinute = "waits.retryBudgetPerMinute"
    case throttlePause = "waits.throttlePause"
    case maximumThrottlePause = "waits.maxThrottlePause"
    case outOfCallsAfter = "waits.outOfCallsAfter"
    // The manifest.
    case format = "manifest.format"
    case operation = "manifest.operation"
    case module = "manifest.module"
    case relatedList = "manifest.relatedList"
    case columns = "manifest.columns"
    case skipInvalid, pivot, idsPerCall
    case maximumURLBytes = "maxUrlBytes"
    case recordDeleted = "delink.recordDeleted"
    case allowedLists = "delink.allowedLists"
    case attachmentsInBulk = "attachments.inBulk"
    case pinsCreatorRounds = "creator.pin"
    case creatorConcurrency = "creator.concurrency"
    case creatorCallsPerMinute = "creator.callsPerMinute"
    case allowDeleteAll
    // Runs of a job.
    case state, job, unfinished, resumeWithin, again, retry, yes
    // Output.
    case quiet, noProgress

    /// From so many final outcomes on a percentage of `maxFailures` is judged.
    package static let failureBudgetMinimum = 200

    private static let limits = RunLimits()
    private static let profile = ServiceProfile()

    package var shape: ValueShape {
        let anyWait = Duration.milliseconds(1)...Duration.seconds(24 * 3600)
        switch self {
        case .dataCentre: return .choice(DataCentre.allCases.map(\.rawValue))
        case .edition: return .choice(DataCentre.Edition.allCases.map(\.rawValue))
        case .apiDomain: return .address(allowsPath: false)
        case .proxy: return .proxy
        case .accountsURL, .creatorURL: return .address(allowsPath: true)
        case .apiVersion: return .choice(["v2", "v2.1", "v3", "v4", "v5", "v6", "v7", "v8"])
        case .httpVersion: return .choice(["1.1", "2"])
        case .caFile, .state, .accessTokenFile, .refreshTokenFile, .clientIDFile,
            .clientSecretFile:
            return .path
        case .concurrency, .creatorConcurrency: return .integer(1...1_000)
        case .callsPerMinute, .creatorCallsPerMinute: return .integer(1...1_000_000)
        case .timeout, .connectTimeout, .firstByteTimeout:
            return .duration(.milliseconds(100)...Duration.seconds(3600))
        case .retries: return .integer(0...100)
        case .giveUp, .outOfCallsAfter: return .duration(.seconds(1)...Duration.seconds(24 * 3600))
        case .until: return .timeOfDay
        case .maximumCalls, .maximumItems, .dailyCredits: return .integer(1...Int.max)
        case .maximumFailures: return .failureBudget
        case .maximumAbsent: return .percent
        case .maximumGrowth: return .integer(0...1_000_000)
        case .firstBackoff, .maximumBackoff, .throttlePause, .maximumThrottlePause:
            return .duration(anyWait)
        case .retryBudget, .retryBudgetPerMinute: return .integer(1...1_000_000)
        case .format: return .choice(["csv", "json", "jsonl"])
        case .operation: return .choice(Operation.allCases.map(\.rawValue))
        case .module, .relatedList: return .apiName
        case .columns: return .columns
        case .skipInvalid, .again, .yes, .quiet, .noProgress, .attachmentsInBulk,
            .pinsCreatorRounds, .allowDeleteAll:
            return .flag
        case .pivot: return .choice(["auto", "as-written"])
        case .idsPerCall: return .integer(1...100)
        case .maximumURLBytes: return .integer(200...8_000)
        case .recordDeleted: return .choice(["halt", "warn"])
        case .allowedLists: return .relatedLists
        case .job: return .identifier
        case .unfinished: return .choice(["resume", "fail", "abandon"])
        case .resumeWithin: return .duration(.seconds(0)...Duration.seconds(366 * 24 * 3600))
        case .retry: return .choices(["failed", "blocked", "unknown"])
        }
    }

    /// What holds when no source says anything; nil = not set.
    package var defaultValue: SettingValue? {
        let limits = SettingKey.limits
        switch self {
        case .dataCentre: return .text(DataCentre.us.rawValue)
        case .apiVersion: return .text(SettingKey.profile.crmVersion)
        case .httpVersion: return .text("1.1")
        case .connectTimeout: return .duration(.seconds(15))
        case .concurrency: return limits.concurrency[.crm].map { .integer($0) }
        case .creatorConcurrency: return limits.concurrency[.creator].map { .integer($0) }
        case .creatorCallsPerMinute: return limits.callsPerMinute[.creator].map { .integer($0) }
        case .timeout: return .duration(limits.timeout)
        case .retries: return .integer(limits.retries)
        case .giveUp: return .duration(limits.giveUp)
        case .maximumFailures: return .failureBudget(limits.failureBudget)
        case .maximumAbsent: return .percent(limits.maximumAbsentPercent)
        case .maximumGrowth: return .integer(5)
        case .firstBackoff: return .duration(limits.firstBackoff)
        case .maximumBackoff: return .duration(limits.maximumBackoff)
        case .retryBudget: return .integer(limits.retryBudget)
        case .retryBudgetPerMinute: return .integer(limits.retryBudgetRefillPerMinute)
        case .throttlePause: return .duration(limits.throttlePause)
        case .maximumThrottlePause: return .duration(limits.maximumThrottlePause)
        case .outOfCallsAfter: return .duration(limits.outOfCallsAfter)
        case .pivot: return .text("auto")
        case .idsPerCall: return .integer(SettingKey.profile.idsPerCall)
        case .maximumURLBytes: return .integer(SettingKey.profile.maximumTargetByteCount)
        case .recordDeleted: return .text("halt")
        case .allowedLists: return .words([])
        case .columns: return .columns([])
        case .retry: return .words([])
        case .unfinished: return .text("fail")
        case .resumeWithin: return .duration(.seconds(24 * 3600))
        case .skipInvalid, .again, .yes, .quiet, .noProgress, .attachmentsInBulk,
            .pinsCreatorRounds, .allowDeleteAll:
            return .flag(false)
        case .edition, .apiDomain, .accountsURL, .creatorURL, .proxy, .caFile, .accessTokenFile,
            .refreshTokenFile, .clientIDFile, .clientSecretFile, .firstByteTimeout,
            .callsPerMinute, .until,
            .maximumCalls, .maximumItems, .dailyCredits, .format, .operation, .module,
            .relatedList, .state, .job:
            return nil
        }
    }

    /// The option that sets it, where there is one.
    package var option: OptionName? {
        switch self {
        case .concurrency: .concurrency
        case .callsPerMinute: .callsPerMinute
        case .timeout: .timeout
        case .retries: .retries
        case .giveUp: .giveUp
        case .until: .until
        case .maximumCalls: .maximumCalls
        case .maximumFailures: .maximumFailures
        case .maximumAbsent: .maximumAbsent
        case .maximumItems: .maximumItems
        case .format: .format
        case .operation: .operation
        case .module: .module
        case .relatedList: .relatedList
        case .columns: .column
        case .skipInvalid: .skipInvalid
        case .allowDeleteAll: .allowDeleteAll
        case .pivot: .pivot
        case .state: .state
        case .job: .job
        case .unfinished: .unfinished
        case .again: .again
        case .retry: .retry
        case .yes: .yes
        case .quiet: .quiet
        case .noProgress: .noProgress
        case .dataCentre, .edition, .apiDomain, .accountsURL, .creatorURL, .apiVersion,
            .httpVersion, .proxy,
            .caFile, .accessTokenFile, .refreshTokenFile, .clientIDFile, .clientSecretFile,
            .connectTimeout, .firstByteTimeout, .maximumGrowth, .dailyCredits,
            .firstBackoff, .maximumBackoff, .retryBudget,
            .retryBudgetPerMinute, .throttlePause, .maximumThrottlePause, .outOfCallsAfter,
            .idsPerCall, .maximumURLBytes, .recordDeleted, .allowedLists, .attachmentsInBulk,
            .pinsCreatorRounds, .creatorConcurrency, .creatorCallsPerMinute, .resumeWithin:
            nil
        }
    }

    /// The environment variable that sets it, where there is one.
    package var variable: String? {
        switch self {
        case .dataCentre: "RELSWEEP_DATA_CENTER"
        case .apiDomain: "RELSWEEP_API_DOMAIN"
        case .accountsURL: "RELSWEEP_ACCOUNTS_URL"
        case .creatorURL: "RELSWEEP_CREATOR_URL"
        default: nil
        }
    }
}
