import JobModel
import Running
import SystemCalls
import ZohoAPI

/// The access token that the processes of the world share: `TokenRecord` decides, the simulator's
/// accounts server issues it. It survives a process, as the cache's file does.
struct SimulatedTokens {
    /// The next action for the waiting engine.
    enum Step {
        case ready(generation: Int)
        case exchange(APIRequest)
        case wait(until: Moment)
        case refused(String)
        case throttled(String)
        case unreachable(String)
    }

    private var record: TokenRecord
    private var tokens: [Int: String] = [:]
    /// The generation that the engine waits to see surpassed.
    private(set) var refused: Int?
    private var clock = SimulatedClock()
    private var waitCount = 0
    private var failingSince: Moment?

    private static let credentials = "credentials"

    init() {
        record = TokenRecord(clock: clock.shared(at: .zero))
    }

    var generation: Int { record.generation }

    func token(generation: Int) -> String { tokens[generation] ?? record.token }

    /// The machine was rebooted, or its clock set.
    mutating func clockChanged(_ clock: SimulatedClock, at now: Moment) {
        self.clock = clock
        record = record.rebased(to: clock.shared(at: now))
    }

    /// A new process that forgets the exchanges (planted bug).
    mutating func forgetExchanges() { record.exchanges = [] }

    /// The exchange that another process of the account needs now, if it may ask.
    mutating func exchangeForOthers(at now: Moment) -> APIRequest? {
        record.clock = clock.shared(at: now)
        guard record.step(refused: 0, credentials: Self.credentials) == .exchange else {
            return nil
        }
        return exchange()
    }

    /// When the token is to be renewed ahead of its end; nil without one.
    func renewal(after now: Moment) -> Moment? {
        guard record.generation > 0 else { return nil }
        return max(now, clock.moment(ofUptime: record.expiresAt - record.margin)) + .seconds(1)
    }

    /// The exchange that renews the token ahead of its end, if enough exchanges are left.
    mutating func exchangeAhead(at now: Moment, ignoresBudget: Bool) -> APIRequest? {
        record.clock = clock.shared(at: now)
        guard record.step(refused: 0, credentials: Self.credentials) == .exchange,
            record.mayRenewAhead || ignoresBudget
        else { return nil }
        return exchange()
    }

    private mutating func exchange() -> APIRequest {
        record.noteExchange()
        return TokenExchange.request(
            .refreshToken(Scenario.refreshToken),
            client: TokenClient(id: Scenario.clientID, secret: Scenario.clientSecret),
            path: "/oauth/v2/token")
    }

    /// A new process has no waiting engine.
    ///
    /// - Parameter clock: The machine's clock from now on.
    mutating func processBegan(_ clock: SimulatedClock, at now: Moment) {
        self.clock = clock
        record = record.rebased(to: clock.shared(at: now))
        refused = nil
        waitCount = 0
        failingSince = nil
    }

    mutating func wants(newerThan generation: Int, at now: Moment) {
        record.clock = clock.shared(at: now)
        refused = generation
        record.noteRefused(
            generation, credentials: Self.credentials, isFinal: false, advice: "refused")
    }

    mutating func accepted(generation: Int, at now: Moment) {
        record.clock = clock.shared(at: now)
        record.noteAccepted(generation)
    }

    mutating func step(_ limits: RunLimits, at now: Moment) -> Step {
        record.clock = clock.shared(at: now)
        switch record.step(refused: refused ?? 0, credentials: Self.credentials) {
        case .use:
            refused = nil
            waitCount = 0
            return .ready(generation: record.generation)
        case .exchange:
            return .exchange(exchange())
        case .wait(let until, let why):
            return wait(until: clock.moment(ofUptime: until + 1), why, limits, at: now)
        case .refuse(let text): return .refused(text)
        }
    }

    private mutating func wait(
        until end: Moment, _ why: TokenRecord.Wait, _ limits: RunLimits, at now: Moment
    ) -> Step {
        if why == .afterFailure {
            let since = failingSince ?? now
            failingSince = since
            return end - since > limits.giveUp ? .unreachable("no token") : .wait(until: end)
        }
        waitCount += 1
        return waitCount > 1 || end - now > limits.outOfCallsAfter
            ? .throttled("locked out") : .wait(until: end)
    }

    /// The result of an exchange; nil without an answer.
    mutating func exchangeEnded(_ answer: HTTPAnswer?, at now: Moment) {
        record.clock = clock.shared(at: now)
        guard let answer else { return record.noteFailure(random: 0.5) }
        switch TokenExchange.classify(answer) {
        case .issued(let issued):
            record.noteGranted(
                token: issued.accessToken,
                lifetimeMilliseconds: issued.lifetime.nanoseconds / 1_000_000, scope: "",
                apiDomain: "", known: max(refused ?? 0, record.generation))
            tokens[record.generation] = issued.accessToken
            failingSince = nil
        case .lockedOut(_, let wait):
            record.noteLockedOut(forMilliseconds: wait.nanoseconds / 1_000_000)
        case .refused:
            record.noteCredentialsRefused(credentials: Self.credentials, advice: "refused")
        case .unclear: record.noteFailure(random: 0.5)
        }
    }
}
