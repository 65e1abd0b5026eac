/// The bounds of a run. Free to change between the starts of one run.
package struct RunLimits: Equatable, Sendable {
    /// How many failed items a run may have before it halts.
    package enum FailureBudget: Equatable, Sendable {
        case count(Int)
        /// Percentage of the final outcomes, applied from `minimumFinal` outcomes on.
        case percent(Double, minimumFinal: Int)
    }

    /// The number of final outcomes from which on a percentage of failures is checked.
    package static let failureBudgetMinimum = 200

    /// Maximum calls in flight, by service.
    package var concurrency: [Service: Int] = [.crm: 5, .creator: 2, .accounts: 1]
    /// Maximum attempts in any 60 seconds, by service; absent = no limit.
    package var callsPerMinute: [Service: Int] = [.creator: 45]
    /// Timeout of a whole attempt, from connecting to the last byte.
    package var timeout: Duration = .seconds(60)
    /// Maximum retries of a call after faults.
    package var retries = 5
    /// Initial bound of the full-jitter backoff; doubles with each retry up to `maximumBackoff`.
    package var firstBackoff: Duration = .milliseconds(500)
    package var maximumBackoff: Duration = .seconds(60)
    /// Retry budget of a service (token bucket): its capacity, and its refill rate.
    package var retryBudget = 100
    package var retryBudgetRefillPerMinute = 60
    /// Pause after a 429 without `Retry-After`; doubles with each further one in a row.
    package var throttlePause: Duration = .seconds(1)
    package var maximumThrottlePause: Duration = .seconds(60)
    /// If only 429 is answered at concurrency 1 for this long: out of calls.
    package var outOfCallsAfter: Duration = .seconds(15 * 60)
    /// If there are only network errors, 5xx, redirects or unreadable bodies for this long:
    /// unreachable.
    package var giveUp: Duration = .seconds(10 * 60)
    /// Maximum distinct calls, splits included, in the job's last 24 hours; nil = no limit.
    package var maximumCalls: Int?
    package var failureBudget: FailureBudget = .percent(
        20, minimumFinal: failureBudgetMinimum)
    /// Maximum percentage of `absent` among a kind's answered items, applied from `absentMinimum`
    /// items on.
    package var maximumAbsentPercent: Double = 50
    package var absentMinimum = 500
    /// Daily credits, if known; the reserve is a tenth of them, else 1,000.
    package var dailyCredits: Int?
    /// No call starts after this time.
    package var startDeadline: Moment?

    package init() {}

    /// Credits reserved for daytime users.
    package var creditReserve: Int { dailyCredits.map { $0 / 10 } ?? 1000 }
}
