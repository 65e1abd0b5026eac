import JobModel
import ZohoAPI

/// A process that ends before the run is done first reports that it drains, then reports why, and
/// the world shows that reason: none ends at the window's end while a call may start inside it,
/// none gives up a service without asking it again, and none blames its credentials for a token
/// that worked.
struct StopsHaveReasons: Checker {
    private struct Seen {
        var signal = false
        /// The first 429, and the longest pause that was asked for, in seconds.
        var throttledAt: Moment?
        var longestPause = 0
        var outOfCalls = false
        var unauthorised = false
        /// A token was refused that had never worked.
        var unproven = false
        var refusedAt: Moment?
        /// By a service that had not answered yet.
        var untrusted = false
        var answered: Set<Service> = []
        /// The first fault.
        var troubledAt: Moment?
        var exchange = false
        var failedExchange = false
        var recordDeleted = false
        var leastCredits = Int.max
        var drainedAt: Moment?
        /// When the process last heard how a request ended.
        var heardAt: Moment?
        /// Ends that may have made its service pause.
        var troubles = 0
    }

    private let countsCalls: Bool
    private var seen = Seen()
    /// The time until which earlier results may delay calls; across processes.
    private var mayWaitUntil = Moment.zero
    /// Calls wait only for reasons that are visible from outside.
    private let isWaitSeen: Bool
    /// Tokens that the services have accepted, from any process.
    private var workingTokens: Set<String> = []
    /// The last exchange, by any process, that brought no token: its credentials may be refused.
    private var failedExchangeAt: Moment?
    /// Upper bound of every other delay; nil where none is known.
    private let slack: Duration?

    init(_ scenario: Scenario) {
        isWaitSeen = ![.rounds, .sleeps, .stalls, .slowDisk, .clockSteps, .tokenExpiry]
            .contains(where: scenario.has)
        slack =
            [.rounds, .sleeps, .slowDisk, .tokenExpiry].contains(where: scenario.has)
            ? nil : .seconds(scenario.has(.stalls) ? 200 : 0)
        countsCalls = !scenario.has(.clockSteps) && !scenario.has(.sleeps)
    }

    mutating func observe(_ observation: Observation, _ world: borrowing WorldView) -> String? {
        switch observation {
        case .processBegan: seen = Seen()
        case .signalled: seen.signal = true
        case .saidDraining: seen.drainedAt = seen.drainedAt ?? world.now
        case .exchangeLeft: seen.exchange = true
        case .exchangeEnded(let token):
            if token == nil {
                seen.failedExchange = true
                failedExchangeAt = world.now
            }
        case .requestEnded(let sending, let end):
            heard(sending, end, world.now)
            if let limits = world.process?.limits { noteWait(sending, limits, world.now) }
        case .processEnded(let summary):
            if !["completed", "journal"].contains(summary.reason), seen.drainedAt == nil {
                return "the process ends for \"\(summary.reason)\", and did not say that it drains"
            }
            return isShown(summary.reason, world)
                ? nil : "the process ends for \"\(summary.reason)\", and nothing shows it"
        default: break
        }
        return nil
    }

    private mutating func heard(_ sending: Sending, _ end: SeenEnd, _ now: Moment) {
        let service = sending.request.service
        switch SeenWord(sending, end) {
        case .throttled: seen.throttledAt = seen.throttledAt ?? now
        // A refusal of a short request for its length, and elements of other calls, are faults.
        case .fault, .trouble, .unsent, .unsure: seen.troubledAt = seen.troubledAt ?? now
        case .unauthorised: seen.unauthorised = true
        case .clear: break
        }
        switch end {
        case .failure(let failure):
            if failure.kind == .untrusted, !seen.answered.contains(service) {
                seen.untrusted = true
            }
        case .success(let answer):
            seen.answered.insert(service)
            if answer.saysRecordDeleted { seen.recordDeleted = true }
            if answer.seenClass == .outOfCalls { seen.outOfCalls = true }
            if answer.status == 401 { seen.unauthorised = true }
            if answer.status == 401 || answer.seenClass == .unauthorised {
                seen.refusedAt = seen.refusedAt ?? now
                if !workingTokens.contains(sending.token) { seen.unproven = true }
            } else if case .clear = SeenWord(sending, end), (200..<300).contains(answer.status) {
                workingTokens.insert(sending.token)
            }
            seen.longestPause = max(seen.longestPause, answer.pauseSeconds ?? 0)
            seen.leastCredits = min(seen.leastCredits, answer.credits ?? .max)
        }
    }

    /// Calls wait no longer than the backoff after the number of faults received, or than
    /// requested.
    private mutating func noteWait(_ sending: Sending, _ limits: RunLimits, _ now: Moment) {
        seen.heardAt = now
        seen.troubles += 1
        let count = min(20, max(seen.troubles, sending.attempt?.attempt ?? 20))
        let backoff = min(limits.firstBackoff * (1 << (count - 1)), limits.maximumBackoff)
        let pause = min(limits.throttlePause * (1 << (count - 1)), limits.maximumThrottlePause)
        let asked = Duration.seconds(min(seen.longestPause, 86_400))
        mayWaitUntil = max(mayWaitUntil, now + max(asked, max(backoff, pause)))
    }

    /// The longest wait for a retry of the budget.
    private func budgetWait(_ limits: RunLimits) -> Duration {
        .seconds(60 / max(1, limits.retryBudgetRefillPerMinute) + 1)
    }

    /// The next call may only start after the window.
    private func isWindowOver(_ process: ProcessConditions) -> Bool {
        guard let startDeadline = process.limits.startDeadline, let drainedAt = seen.drainedAt
        else {
            return false
        }
        guard isWaitSeen, process.limits.callsPerMinute[.crm] == nil else { return true }
        let next = max(mayWaitUntil, drainedAt) + budgetWait(process.limits)
        return next >= process.clockZero + (startDeadline - .zero)
    }

    /// The service was asked as often as pauses allow, until the process gave it up.
    private func wasAsked(_ limits: RunLimits) -> Bool {
        guard let slack, let heardAt = seen.heardAt, let drainedAt = seen.drainedAt else {
            return true
        }
        // A minute's calls may be used up.
        let last = max(mayWaitUntil, heardAt) + .seconds(65)
        return drainedAt <= last + limits.timeout + budgetWait(limits) + slack
    }

    /// Nothing but 429s for as long as a run waits, a longer pause, or the day's end.
    private func isOutOfCalls(_ limits: RunLimits, _ now: Moment) -> Bool {
        seen.outOfCalls || .seconds(seen.longestPause) > limits.outOfCallsAfter
            || seen.throttledAt.map { now - $0 >= limits.outOfCallsAfter } ?? false
    }

    /// Nothing but faults for `--give-up`, a pause that would end later, or a host that is not to
    /// be trusted.
    private func isUnreachable(_ limits: RunLimits, _ now: Moment) -> Bool {
        let first = [seen.troubledAt, seen.throttledAt].compactMap(\.self).min()
        return seen.failedExchange || seen.untrusted || seen.longestPause > 0
            || first.map { now - $0 >= limits.giveUp } ?? false
    }

    /// A refusal of the credentials is remembered for ten minutes.
    private func mayBeRefused(_ now: Moment) -> Bool {
        failedExchangeAt.map { !countsCalls || now - $0 < .seconds(600) } ?? false
    }

    private func isShown(_ reason: String, _ world: borrowing WorldView) -> Bool {
        let journal = world.journal
        guard let limits = world.process?.limits else { return true }
        switch reason {
        case "completed": return journal.planned == journal.outcomes.count
        case "signal": return seen.signal
        case "until": return world.process.map(isWindowOver) ?? true
        case "out-of-calls": return isOutOfCalls(limits, world.now)
        case "max-calls":
            guard let maximum = limits.maximumCalls else { return false }
            return !countsCalls || callsOfTheDay(journal, world) >= maximum
        case "throttled-tokens": return seen.exchange || seen.unauthorised
        case "unreachable": return isUnreachable(limits, world.now) && wasAsked(limits)
        // A token that worked has expired, which says nothing about the credentials.
        case "credentials":
            return seen.unauthorised && (seen.unproven || mayBeRefused(seen.refusedAt ?? world.now))
        case "credits":
            return seen.leastCredits <= (limits.dailyCredits.map { $0 / 10 } ?? 1_000)
        case "record-deleted": return seen.recordDeleted || journal.halt != nil
        case "error-budget": return (journal.counts["failed"] ?? 0) > 0
        case "max-absent": return (journal.counts["absent"] ?? 0) > 0
        default: return true
        }
    }

    /// Calls that were begun in the last 24 hours, as the disk dates them.
    private func callsOfTheDay(
        _ journal: borrowing SeenJournal, _ world: borrowing WorldView
    ) -> Int {
        let dayAgo =
            Simulation.epochMilliseconds + world.now.milliseconds - (24 * 3_600 + 120) * 1_000
        return journal.callNumbers.count { number in
            (journal.calls[number]?.attempts.first?.atMilliseconds ?? 0) >= dayAgo
        }
    }
}
