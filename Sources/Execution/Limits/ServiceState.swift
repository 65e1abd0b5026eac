import JobModel
import ZohoAPI

/// One service as this run experiences it: how many calls may be in flight, whether it is paused,
/// and since when it has given no clear answer.
struct ServiceState: Sendable {
    let service: Service
    /// The configured limit; AIMD stays between 1 and this.
    let maximumConcurrency: Int
    private(set) var concurrency: Int
    /// Attempts that occupy a slot: recorded, or sent and not ended.
    private(set) var inFlight = 0
    private var window: RateLimiter?
    private(set) var pausedUntil: Moment?
    private var budget: RetryBudget
    /// When the budget has the next retry; nothing starts before. An attempt that has consumed its
    /// retry and is being journalled is still sent: otherwise the next call's need would delay it
    /// forever.
    private var retryAt = Moment.zero
    private let throttlePause: Duration
    private let maximumThrottlePause: Duration
    private let backoff: Backoff

    /// Throttled answers in a row.
    private var throttles = 0
    /// Consecutive faults; those during a pause count as one.
    private var faults = 0
    /// An answer could be understood in this session.
    private var hasSucceeded = false
    /// An attempt sent before this moment does not lower the concurrency again.
    private var loweredAt: Moment?
    /// Clear answers since the concurrency was moved.
    private var clearAnswers = 0
    /// First 429 since the last clear answer.
    private(set) var throttledSince: Moment?
    /// First fault since the last answer that could be understood.
    private(set) var failingSince: Moment?
    /// First 429 or fault since the last clear answer; bounds mixtures of both.
    private(set) var noSuccessSince: Moment?
    /// An answer arrived in this session, so the server's identity is established.
    private(set) var hasAnswered = false
    /// The last error message, for the end of the run.
    var lastFailure = ""

    init(service: Service, limits: RunLimits, at now: Moment) {
        self.service = service
        maximumConcurrency = max(1, limits.concurrency[service] ?? 1)
        concurrency = maximumConcurrency
        window = limits.callsPerMinute[service].map { RateLimiter(limit: max(1, $0)) }
        budget = RetryBudget(
            capacity: max(1, limits.retryBudget),
            refillPerMinute: max(1, limits.retryBudgetRefillPerMinute), at: now)
        throttlePause = limits.throttlePause
        maximumThrottlePause = limits.maximumThrottlePause
        backoff = Backoff(first: limits.firstBackoff, maximum: limits.maximumBackoff)
    }

    // MARK: Places

    /// Whether the service is paused.
    func isPaused(at now: Moment) -> Bool {
        pausedUntil.map { $0 > now } ?? false
    }

    /// Whether a call may start now; otherwise nil, and `nextAvailable` says when time alone will
    /// change that.
    mutating func hasRoom(at now: Moment) -> Bool {
        if let pausedUntil {
            guard pausedUntil <= now else { return false }
            self.pausedUntil = nil
        }
        return retryAt <= now && inFlight < concurrency && window?.hasRoom(at: now) ?? true
    }

    /// When, after `now`, a slot may become free by time alone; nil if an answer must arrive first.
    func nextAvailable(after now: Moment) -> Moment? {
        let pauseEnd = max(retryAt, pausedUntil ?? retryAt)
        if pauseEnd > now { return pauseEnd }
        guard inFlight < concurrency, let room = window?.nextRoom, room > now else { return nil }
        return room
    }

    /// Takes a retry from the budget; false: nothing starts until there is one.
    mutating func spendRetry(at now: Moment) -> Bool {
        guard let next = budget.spend(at: now) else { return true }
        retryAt = next
        return false
    }

    mutating func begin() {
        inFlight += 1
        window?.begin()
    }

    mutating func answered() { hasAnswered = true }

    mutating func end(at now: Moment) {
        precondition(inFlight > 0, "an attempt ended and \(service.rawValue) has none in flight")
        inFlight -= 1
        window?.end(at: now)
    }

    mutating func withdraw() {
        precondition(
            inFlight > 0, "an attempt was withdrawn and \(service.rawValue) has none in flight")
        inFlight -= 1
        window?.withdraw()
    }

    /// Nothing is sent before this moment.
    mutating func holdBack(until moment: Moment) { pause(until: moment) }

    mutating func remember(attemptAt moment: Moment) {
        window?.remember(moment)
    }

    // MARK: Answers

    /// An answer that could be understood and was no 429.
    mutating func clearAnswerReceived() {
        hasSucceeded = true
        throttles = 0
        faults = 0
        throttledSince = nil
        failingSince = nil
        noSuccessSince = nil
        guard concurrency < maximumConcurrency else { return }
        // Additive increase: one more place after as many clear answers as there are places.
        clearAnswers += 1
        if clearAnswers >= concurrency {
            concurrency += 1
            clearAnswers = 0
        }
    }

    /// Whether the service's last answer was clear. A fault is then attributed to the call, not to
    /// the service.
    var isHealthy: Bool { hasSucceeded && noSuccessSince == nil }

    /// A 429. Returns whether the concurrency was lowered and how long the service pauses: never
    /// shorter than our own backoff.
    mutating func throttled(
        sentAt: Moment, retryAfter: Duration?, cause: ThrottleCause?, at now: Moment
    ) -> (isLowered: Bool, pause: Duration) {
        faults = 0
        failingSince = nil
        throttledSince = throttledSince ?? now
        noSuccessSince = noSuccessSince ?? now
        var isLowered = false
        // Multiplicative decrease, once for all attempts that were under way together.
        if loweredAt.map({ sentAt > $0 }) ?? true {
            throttles += 1
            isLowered = concurrency > 1
            concurrency = max(1, concurrency / 2)
            clearAnswers = 0
            loweredAt = now
        }
        // For a concurrency limit, fewer calls in flight help more than a long pause.
        let maximum =
            cause == .concurrency
            ? min(throttlePause * 2, maximumThrottlePause) : maximumThrottlePause
        let own = Backoff(first: throttlePause, maximum: maximum).bound(throttles)
        let pause = max(own, retryAfter ?? own)
        self.pause(until: now + pause)
        return (isLowered, pause)
    }

    /// A timeout, reset or 5xx, or an answer that is not the service's own. A single one may be due
    /// to the call; from the second in a row on the service pauses with a growing, jittered wait,
    /// which it returns.
    ///
    /// - Parameter asked: A pause that the answer asks for; no shorter one is made.
    mutating func faulted(
        asked: Duration, at now: Moment, using generator: inout RandomGenerator
    ) -> Duration {
        noteFault(at: now)
        var wait = asked
        if faults > 1 { wait = max(wait, backoff.wait(faults - 1, using: &generator)) }
        if wait > .zero { pause(until: now + wait) }
        return wait
    }

    /// No connection: nothing was sent. The service pauses with a growing, jittered wait, which it
    /// returns.
    mutating func unreachable(at now: Moment, using generator: inout RandomGenerator) -> Duration {
        noteFault(at: now)
        let wait = backoff.wait(max(1, faults), using: &generator)
        pause(until: now + wait)
        return wait
    }

    private mutating func noteFault(at now: Moment) {
        throttledSince = nil
        failingSince = failingSince ?? now
        noSuccessSince = noSuccessSince ?? now
        if !isPaused(at: now) { faults += 1 }
    }

    private mutating func pause(until moment: Moment) {
        pausedUntil = max(moment, pausedUntil ?? moment)
    }
}
