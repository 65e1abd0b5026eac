package import SystemCalls

/// What all processes of one account know together of its access token: the content of its file
/// under `<state>/tokens`.
///
/// Times are milliseconds of `clock`: uptime of the machine start that `clock` names. So neither a
/// wall clock that is set back nor one that is set forward makes a token expire or a lock-out end;
/// only across a restart of the machine the wall clock is asked, once (`rebased`): it can make a
/// token expire and a lock-out end, but no exchange older than the restart.
package struct TokenRecord: Equatable, Sendable {
    /// Exchanges a refresh token has in ten minutes before the accounts server locks it out (Zoho:
    /// "Access token expiry"), and the length of that window and of the lock-out.
    package static let maximumExchanges = 10
    package static let windowMilliseconds: Int64 = 600_000
    /// The longest lock-out that is accepted from a server or file.
    static let maximumLockMilliseconds: Int64 = 3_600_000
    /// How long before its end a token is renewed, at most a tenth of its life.
    static let maximumMarginMilliseconds: Int64 = 300_000

    /// A generation, or the credentials themselves, that were refused.
    package struct Refusal: Equatable, Sendable {
        /// 0 = of the credentials.
        package var generation: Int
        package var at: Int64
        /// The refused credentials; others may be tried immediately.
        package var credentials: String
        /// False after the first refusal of a token that never worked: one more exchange is worth a
        /// try. True after the second, and when the accounts server refused the credentials.
        package var isFinal: Bool
        /// In words, with advice; no secret.
        package var text: String
    }

    package var clock: SharedTime
    /// Counts the tokens; 0 = none yet.
    package var generation = 0
    /// Empty when there is none.
    package var token = ""
    package var obtainedAt: Int64 = 0
    package var expiresAt: Int64 = 0
    /// As the accounts server reported them with the token; empty if it did not.
    package var scope = ""
    package var apiDomain = ""
    /// When the last ten exchanges left, oldest first, failed ones too.
    package var exchanges: [Int64] = []
    package var lockedUntil: Int64?
    /// After unusable answers: no request before this time.
    package var pausedUntil: Int64?
    /// The number of consecutive such answers.
    package var failureCount = 0
    /// The newest generation that the API has accepted.
    package var provenGeneration = 0
    package var refusal: Refusal?

    package init(clock: SharedTime) { self.clock = clock }

    // MARK: Time

    /// The same in the time of this machine start.
    ///
    /// For another start (or machine) only the wall clock shows how long ago it was. If that clock
    /// is earlier than the record's own time, no time is assumed to have passed. If a start has no
    /// boot ID, a higher uptime is taken for the same start: at least that much time has passed,
    /// and waiting minutes too long is better than asking too often.
    package func rebased(to now: SharedTime) -> TokenRecord {
        var record = self
        record.clock = now
        let mayBeSameStart =
            clock.bootID == now.bootID || clock.bootID.isEmpty || now.bootID.isEmpty
        let isSameStart = mayBeSameStart && now.uptimeMilliseconds >= clock.uptimeMilliseconds
        if isSameStart { return record.bounded }
        let elapsed = max(0, now.wallMilliseconds - clock.wallMilliseconds)
        let shift = now.uptimeMilliseconds - elapsed - clock.uptimeMilliseconds
        record.obtainedAt += shift
        record.expiresAt += shift
        // Those must not be taken for older than they are. It is only certain that they were before
        // this start.
        let leastShift =
            now.uptimeMilliseconds - min(elapsed, now.uptimeMilliseconds)
            - clock.uptimeMilliseconds
        record.exchanges = exchanges.map { $0 + leastShift }
        record.lockedUntil = lockedUntil.map { $0 + shift }
        record.pausedUntil = pausedUntil.map { $0 + shift }
        record.refusal?.at += shift
        return record.bounded
    }

    /// Clamps past times to now and waits to their maximum.
    private var bounded: TokenRecord {
        let now = clock.uptimeMilliseconds
        var record = self
        record.obtainedAt = min(obtainedAt, now)
        record.exchanges = exchanges.map { min($0, now) }
        record.lockedUntil = lockedUntil.map { min($0, now + TokenRecord.maximumLockMilliseconds) }
        record.pausedUntil = pausedUntil.map { min($0, now + TokenRecord.windowMilliseconds) }
        if let at = refusal?.at { record.refusal?.at = min(at, now) }
        return record
    }

    // MARK: The decision

    /// What to do for a request for a token.
    package enum Step: Equatable, Sendable {
        /// Use the token of this record.
        case use
        /// Ask the accounts server now.
        case exchange
        case wait(until: Int64, Wait)
        /// A request would be refused; with advice.
        case refuse(String)
    }

    package enum Wait: Equatable, Sendable {
        /// `Access Denied`: the accounts server locks the refresh token out.
        case lockedOut
        /// Ten exchanges in ten minutes: the eleventh would be locked out.
        case exchangesSpent
        /// The accounts server did not answer, or not as one.
        case afterFailure
    }

    /// - Parameters:
    ///   - refused: A token newer than this generation is wanted.
    ///   - credentials: Which credentials would be used.
    package func step(refused: Int, credentials: String) -> Step {
        let now = clock.uptimeMilliseconds
        let isAlive = !token.isEmpty && generation > refused && !isTokenRefused && expiresAt > now
        if isAlive, expiresAt - margin > now { return .use }
        let next = stepToExchange(credentials: credentials)
        // A token that expires in minutes is better than waiting.
        return isAlive && next != .exchange ? .use : next
    }

    private func stepToExchange(credentials: String) -> Step {
        let now = clock.uptimeMilliseconds
        if let refusal, isRemembered(refusal, credentials), refusal.isFinal {
            return .refuse(refusal.text)
        }
        if let lockedUntil, lockedUntil > now { return .wait(until: lockedUntil, .lockedOut) }
        let recent = recentExchanges
        if recent.count >= TokenRecord.maximumExchanges {
            let oldest = recent[recent.count - TokenRecord.maximumExchanges]
            return .wait(until: oldest + TokenRecord.windowMilliseconds, .exchangesSpent)
        }
        if let pausedUntil, pausedUntil > now { return .wait(until: pausedUntil, .afterFailure) }
        return .exchange
    }

    /// How long before its end the token is renewed.
    package var margin: Int64 {
        min(TokenRecord.maximumMarginMilliseconds, max(0, (expiresAt - obtainedAt) / 10))
    }

    /// Whether the token should be renewed or has expired.
    package var isDue: Bool { expiresAt - margin <= clock.uptimeMilliseconds }

    /// Whether enough exchanges remain to renew ahead of time.
    package var mayRenewAhead: Bool {
        recentExchanges.count < TokenRecord.maximumExchanges / 2
    }

    private var recentExchanges: [Int64] {
        exchanges.filter { clock.uptimeMilliseconds - $0 < TokenRecord.windowMilliseconds }
    }

    /// The API has refused the token of this record.
    package var isTokenRefused: Bool { refusal.map { $0.generation == generation } ?? false }

    private func isRemembered(_ refusal: Refusal, _ credentials: String) -> Bool {
        refusal.credentials == credentials
            && clock.uptimeMilliseconds - refusal.at < TokenRecord.windowMilliseconds
    }
}

// MARK: - What happened

extension TokenRecord {
    /// The API has refused a generation. The refusal is kept unless that generation has worked
    /// before: then it has only expired.
    ///
    /// - Parameter isFinal: It was fresh when it was refused: the second refusal in a row.
    package mutating func noteRefused(
        _ refused: Int, credentials: String, isFinal: Bool, advice: String
    ) {
        guard refused > 0, refused == generation, provenGeneration < refused else { return }
        if let refusal, refusal.generation == refused, refusal.isFinal || !isFinal { return }
        let isSecond = refusal.map { isRemembered($0, credentials) } ?? false
        refusal = Refusal(
            generation: refused, at: clock.uptimeMilliseconds, credentials: credentials,
            isFinal: isFinal || isSecond && refusal?.generation != refused, text: advice)
    }

    /// The API has accepted a generation.
    package mutating func noteAccepted(_ accepted: Int) {
        guard accepted > 0, accepted <= generation else { return }
        provenGeneration = max(provenGeneration, accepted)
        if let refusal, refusal.generation > 0, refusal.generation <= accepted {
            self.refusal = nil
        }
    }

    /// Notes that an exchange is about to be sent; it counts whatever its result.
    package mutating func noteExchange() {
        exchanges.append(clock.uptimeMilliseconds)
        exchanges = exchanges.suffix(TokenRecord.maximumExchanges)
    }

    /// Undoes the last noted exchange, which was not sent.
    package mutating func withdrawExchange() {
        if !exchanges.isEmpty { exchanges.removeLast() }
    }

    /// - Parameter known: No generation up to this one is given again.
    package mutating func noteGranted(
        token: String, lifetimeMilliseconds: Int64, scope: String, apiDomain: String, known: Int
    ) {
        generation = max(generation, known) + 1
        self.token = token
        obtainedAt = clock.uptimeMilliseconds
        expiresAt = obtainedAt + lifetimeMilliseconds
        self.scope = scope
        self.apiDomain = apiDomain
        lockedUntil = nil
        pausedUntil = nil
        failureCount = 0
        if refusal?.isFinal == true { refusal = nil }
    }

    /// `Access Denied`.
    package mutating func noteLockedOut(forMilliseconds wait: Int64) {
        let bounded = min(
            max(wait, TokenRecord.windowMilliseconds), TokenRecord.maximumLockMilliseconds)
        lockedUntil = clock.uptimeMilliseconds + bounded
    }

    /// The accounts server refused the credentials.
    package mutating func noteCredentialsRefused(credentials: String, advice: String) {
        refusal = Refusal(
            generation: 0, at: clock.uptimeMilliseconds, credentials: credentials,
            isFinal: true, text: advice)
    }

    /// Notes a missing or unreadable answer: the next request waits, twice as long each time.
    ///
    /// - Parameter random: 0…1, spreads the processes that wait.
    package mutating func noteFailure(random: Double) {
        failureCount = min(failureCount + 1, 30)
        let ceiling = min(60_000, 1_000 << Int64(min(failureCount - 1, 6)))
        let wait = Int64(Double(ceiling) * (0.5 + random / 2))
        pausedUntil = clock.uptimeMilliseconds + wait
    }
}
