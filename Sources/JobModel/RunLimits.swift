/// The bounds of a run. Free to change between the starts of one run.
package struct RunLimits: Equatable, Sendable {
    /// How many failed items a run may have before it halts.
    package enum FailureBudget: Equatable, Sendable {
        case count(Int)
        /// Of the final outcomes, judged from `minimumFinal` outcomes on.
        case percent(Double, minimumFinal: Int)
    }

    /// Final outcomes from which on a percentage of failures is judged.
    package static let failureBudgetMinimum = 200

    /// Calls in flight at most, by service.
    package var concurrency: [Service: Int] = [.crm: 5, .creator: 2, .accounts: 1]
    /// Sendings in any 60 seconds at most, by service; absent = no such limit.
    package var callsPerMinute: [Service: Int] = [.creator: 45]
    /// Whole call, first byte to last.
    package var timeout: Duration = .seconds(60)
    /// Sendings after the first one, for one call, that faults may cost.
    package var retries = 5
    /// First bound of the full-jitter backoff; doubles with each retry up to `maximumBackoff`.
    package var firstBackoff: Duration = .milliseconds(500)
    package var maximumBackoff: Duration = .seconds(60)
    /// Retries that may be taken in a burst before the whole service pauses, and how fast they come
    /// back.
    package var retryBudget = 100
    package var retryBudgetRefillPerMinute = 60
    /// How long a 429 pauses the service when it does not say itself; doubles with each further one
    /// in a row.
    package var throttlePause: Duration = .seconds(1)
    package var maximumThrottlePause: Duration = .seconds(60)
    /// Nothing but 429 at concurrency 1 for so long: out of calls.
    package var outOfCallsAfter: Duration = .seconds(15 * 60)
    /// Nothing but network errors, 5xx, redirects or unreadable bodies for so long: unreachable.
    package var giveUp: Duration = .seconds(10 * 60)
    /// Distinct calls, splits included, in the job's last 24 hours; nil = no limit.
    package var maximumCalls: Int?
    package var failureBudget: FailureBudget = .percent(
        20, minimumFinal: failureBudgetMinimum)
    /// `absent` among a kind's answered items, in percent, judged from `absentMinimum` items on.
    package var maximumAbsentPercent: Double = 50
    package var absentMinimum = 500
    /// Credits of a day, if known; the reserve is a tenth of it, else 1,000.
    package var dailyCredits: Int?
    /// No call starts later than this.
    package var startDeadline: Moment?

    package init() {}

    /// Credits that are left to the people of daytime.
    package var creditReserve: Int { dailyCredits.map { $0 / 10 } ?? 1000 }
}
