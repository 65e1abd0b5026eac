package import JobModel

/// When a run pauses, halts or does not start.
package struct LimitRows: SettingGroup, Sendable {
    let title = "Limits"

    package let maximumCalls = Setting(
        "maxCalls", .integer(1...Int.max), option: "--max-calls N", commands: .running,
        help: "maximum calls of the job in 24 hours, then pause",
        more: """
            The exit is 75. The organisation request at the start counts as one, in that session \
            only.
            """)
    package let maximumFailures = Setting(
        "maxFailures", .failureBudget, default: .percent(20, minimumFinal: 200),
        option: "--max-failures N|P%", commands: .running,
        help: "halt the run when more items failed; a percentage applies from 200 items on",
        more: "The exit is 76. A percentage is that of the last 1,000 items.")
    package let maximumAbsent = Setting(
        "maxAbsent", .percent, default: 50, option: "--max-absent P%",
        commands: [.run, .resume],
        help: "halt the run when more items were already gone, from 500 items of a kind on",
        more: """
            The exit is 76: columns may be swapped, or the organisation is the wrong one. Items \
            that an earlier attempt may have removed do not count.
            """)
    package let maximumItems = Setting(
        "maxItems", .integer(1...Int.max), option: "--max-items N", commands: .running,
        help: "refuse to start with more items", more: "The exit is 76.")
    package let maximumGrowth = Setting(
        "maxGrowth", .integer(0...1_000_000), default: 5,
        help: "refuse to start with more than this many times the items of the last finished run",
        more: "The exit is 76. Only for a new run of more than 1,000 items; 0 = no check.")
    package let dailyCredits = Setting(
        "dailyCredits", .integer(1...Int.max), help: "API credits of the account per day",
        more: """
            The run pauses when a tenth of them is left (1,000 if not set), to keep them for \
            daytime users.
            """)
}

/// Waits between attempts.
package struct WaitRows: SettingGroup, Sendable {
    let title = "Waits and retries"

    private static let anyWait = Duration.milliseconds(1)...Duration.seconds(24 * 3600)

    package let firstBackoff = Setting(
        "waits.firstBackoff", .time(anyWait), default: .milliseconds(500),
        help: "upper bound of the random wait before the first retry",
        more: "It doubles with each further one.")
    package let maximumBackoff = Setting(
        "waits.maxBackoff", .time(anyWait), default: .seconds(60),
        help: "upper bound of the wait before any retry")
    package let retryBudget = Setting(
        "waits.retryBudget", .integer(1...1_000_000), default: 100,
        help: "retries available in a burst before the whole service pauses")
    package let retryBudgetPerMinute = Setting(
        "waits.retryBudgetPerMinute", .integer(1...1_000_000), default: 60,
        help: "retries that become available per minute")
    package let throttlePause = Setting(
        "waits.throttlePause", .time(anyWait), default: .seconds(1),
        help: "minimum pause of the service after HTTP 429, even if it asks for less",
        more: "It doubles with each further one in a row.")
    package let maximumThrottlePause = Setting(
        "waits.maxThrottlePause", .time(anyWait), default: .seconds(60),
        help: "upper bound of the doubling of that pause")
    package let outOfCallsAfter = Setting(
        "waits.outOfCallsAfter", .time(.seconds(1)...Duration.seconds(24 * 3600)),
        default: .seconds(15 * 60),
        help: "pause the run after this long with nothing but 429 at one call at a time",
        more: """
            The exit is 75. A 429 that asks for a longer pause, or that says that the daily \
            credits are used up, pauses the run at once.
            """)
}
