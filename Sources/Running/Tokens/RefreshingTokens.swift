import Dispatch
import Execution
import JobModel
import Synchronization
import SystemCalls
import ZohoAPI

/// Access tokens by a refresh token, one for all processes of the account.
///
/// A process that needs a token acquires the cache's lock, reads the shared record, and then either
/// uses its token, asks the accounts server while it holds the lock, or releases the lock and
/// waits. So of any number of processes one exchanges, and the others find its token.
/// `TokenRecord.step` decides; this class only executes.
///
/// Everything happens on a serial queue of its own, where nothing blocks for longer than a write to
/// the disk: the lock is tried, not waited for, and waits are timers.
package final class RefreshingTokens: AccessTokens {
    /// The dependencies and limits of the tokens of one account.
    package struct Setup: Sendable {
        package var cache: TokenCache
        package var accounts: any AccountsService
        /// A hash of accounts URL, client, secret and refresh token: a refusal is remembered for
        /// them alone.
        package var credentials: String
        /// For messages.
        package var accountsHost: String
        package var apiHost: String
        /// Secrets that no message may contain.
        package var secrets: SecretRedactor
        /// A longer wait ends the run (`outOfCallsAfter`).
        package var longestWait: Duration = .seconds(15 * 60)
        /// This long without an answer of the accounts server ends the run: counted from the start
        /// of the first exchange that failed.
        package var giveUp: Duration = .seconds(600)
        package var time: TokenTime = .real

        package init(
            cache: TokenCache, accounts: any AccountsService, credentials: String,
            accountsHost: String, apiHost: String, secrets: SecretRedactor
        ) {
            self.cache = cache
            self.accounts = accounts
            self.credentials = credentials
            self.accountsHost = accountsHost
            self.apiHost = apiHost
            self.secrets = secrets
        }
    }

    /// A waiting request for a token.
    struct Waiter {
        var refused: Int
        var completion: @Sendable (TokenAnswer) -> Void
    }

    /// What lives on the queue.
    struct State {
        var waiters: [Waiter] = []
        /// A renewal ahead of the token's end is due.
        var isRenewalDue = false
        /// The lock is being tried again, an exchange is in flight, or a wait is in progress.
        var isBusy = false
        /// The last known state of the record.
        var record: TokenRecord?
        /// Lock-outs awaited for these waiters; at most one.
        var lockOutWaits = 0
        /// Uptime since which the accounts server gives no answer, and since which the lock is held
        /// by others.
        var failingSince: Int64?
        var lockHeldSince: Int64?
        /// The accounts server's last message instead of a token.
        var lastMessage: ServiceMessage?
        /// Counts the timers for renewals, so that an old one does nothing.
        var renewalTimer = 0
        var watch = TokenWatch()
        var renewed: (@Sendable (AccessToken) -> Void)?
    }

    /// What may be read on any thread.
    struct Published {
        /// Oldest first; attempts in flight may wait for an older one.
        var tokens: [AccessToken] = []
        /// The newest generation that the API has accepted.
        var provenGeneration = 0
        var grant = TokenGrantDetails()
    }

    static let keptTokens = 4
    /// Between two tries of a lock that another holds.
    static let lockRetryMilliseconds: Int64 = 20
    /// The lock is held for one exchange at most; beyond this, its holder hangs.
    static let longestLockMilliseconds: Int64 = 120_000

    /// How long the lock is waited for: no longer than a server without an answer.
    var lockWaitMilliseconds: Int64 {
        min(RefreshingTokens.longestLockMilliseconds, giveUpMilliseconds)
    }

    /// After a renewal ahead of time that returned no token.
    static let renewalRetryMilliseconds: Int64 = 5_000

    let setup: Setup
    let published = Mutex(Published())
    let confined = Confined(State(), label: "relsweep.tokens")

    package init(_ setup: Setup) { self.setup = setup }

    // MARK: AccessTokens

    package func token(generation: Int) -> AccessToken? {
        published.withLock { $0.tokens.last { $0.generation == generation } }
    }

    /// What the accounts server reported with the newest token.
    package var grant: TokenGrantDetails { published.withLock { $0.grant } }

    package func current() -> AccessToken? { published.withLock { $0.tokens.last } }

    package func refresh(
        refusedGeneration: Int, completion: @escaping @Sendable (TokenAnswer) -> Void
    ) {
        confined.async { [self] state in
            state.waiters.append(Waiter(refused: refusedGeneration, completion: completion))
            work(&state)
        }
    }

    package func accepted(generation: Int) {
        let isNews = published.withLock { published in
            defer { published.provenGeneration = max(published.provenGeneration, generation) }
            return generation > published.provenGeneration
        }
        guard isNews else { return }
        confined.async { [self] state in
            note(&state) { $0.noteAccepted(generation) }
        }
    }

    package func refusedPermanently(generation: Int) {
        confined.async { [self] state in
            note(&state) { record in
                record.noteRefused(
                    generation, credentials: setup.credentials, isFinal: true,
                    advice: refusedAdvice)
            }
        }
    }

    package func watch(_ watch: TokenWatch) { confined.async { $0.watch = watch } }

    package func whenRenewed(_ handler: (@Sendable (AccessToken) -> Void)?) {
        confined.async { [self] state in
            state.renewed = handler
            if handler != nil { armRenewal(&state) }
        }
    }

    /// Waits until all requested writes are done; for the end of a process. Never from the queue
    /// itself.
    package func flush() { confined.queue.sync {} }

    // MARK: The work

    func work(_ state: inout State) {
        answerFromMemory(&state)
        guard !state.isBusy, !state.waiters.isEmpty || state.isRenewalDue else { return }
        do throws(TokenCacheError) {
            guard let lock = try acquireLock(&state) else { return }
            try work(&state, lock)
        } catch {
            // Without the cache, exchanges cannot be counted, so none is made.
            fail(&state, .cacheFailed(error.text))
        }
    }

    func work(_ state: inout State, _ lock: OpenFile) throws(TokenCacheError) {
        var mayClose = true
        defer { if mayClose { lock.close() } }
        var record = try setup.cache.read(at: setup.time.now())
        let before = record
        noteProvenGeneration(&record)
        for waiter in state.waiters {
            record.noteRefused(
                waiter.refused, credentials: setup.credentials, isFinal: false,
                advice: refusedAdvice)
        }
        let refused = state.waiters.map(\.refused).max() ?? 0
        var step = record.step(refused: refused, credentials: setup.credentials)
        if state.waiters.isEmpty, step == .exchange, !record.mayRenewAhead { step = .use }
        state.isRenewalDue = false
        // Written before the exchange is sent, so that it counts even if this process dies.
        if step == .exchange { record.noteExchange() }
        state.record = record
        if record != before { try setup.cache.write(record) }
        switch step {
        case .use:
            let isRenewal = state.waiters.isEmpty
            adopt(record, &state)
            if isRenewal { armRenewal(&state, isAgain: record.isDue) }
        case .exchange:
            mayClose = false
            exchange(&state, lock)
        case .refuse(let advice): fail(&state, .refused(redacted(advice)))
        case .wait(let end, let why): wait(until: end, why, record, &state)
        }
    }

    /// Serves waiters for which a newer token is already known.
    func answerFromMemory(_ state: inout State) {
        guard let record = state.record, let newest = current(),
            record.generation == newest.generation, !record.isTokenRefused
        else { return }
        let now = setup.time.now().uptimeMilliseconds
        guard record.expiresAt - record.margin > now else { return }
        let served = state.waiters.filter { $0.refused < newest.generation }
        state.waiters.removeAll { $0.refused < newest.generation }
        for waiter in served { waiter.completion(.ready(newest)) }
    }

    /// Nil if another process holds it; `work` is then scheduled again.
    func acquireLock(_ state: inout State) throws(TokenCacheError) -> OpenFile? {
        if let file = try setup.cache.tryLock() {
            state.lockHeldSince = nil
            return file
        }
        let now = setup.time.now().uptimeMilliseconds
        let since = state.lockHeldSince ?? now
        state.lockHeldSince = since
        guard now - since <= lockWaitMilliseconds else {
            state.lockHeldSince = nil
            fail(
                &state,
                .throttled(
                    "another process has held the lock of the cached access token for "
                        + "\((now - since) / 1_000) s; start again when it has ended"))
            return nil
        }
        retry(after: RefreshingTokens.lockRetryMilliseconds, &state)
        return nil
    }

    /// Changes the record if the lock is free. Otherwise the note is lost, and the next answer of
    /// the API provides it again.
    func note(_ state: inout State, _ change: (inout TokenRecord) -> Void) {
        if var record = state.record {
            change(&record)
            state.record = record
        }
        // This provider itself holds the lock, or soon will: what it writes then is what it
        // remembers.
        guard !state.isBusy else { return }
        do throws(TokenCacheError) {
            guard let lock = try setup.cache.tryLock() else { return }
            defer { lock.close() }
            var record = try setup.cache.read(at: setup.time.now())
            let before = record
            change(&record)
            state.record = record
            if record != before { try setup.cache.write(record) }
        } catch {
            report(error, &state)
        }
    }

    func report(_ error: TokenCacheError, _ state: inout State) {
        state.watch.noticed(
            .serviceFailing(
                .accounts, "the cached access token can't be kept for others: \(error.text)"))
    }

    func noteProvenGeneration(_ record: inout TokenRecord) {
        record.noteAccepted(min(published.withLock { $0.provenGeneration }, record.generation))
    }
}

/// What an accounts server reports about a token, besides the token.
package struct TokenGrantDetails: Equatable, Sendable {
    /// Empty if the server does not name them.
    package var scopes: [String] = []
    /// Empty if the server does not report it.
    package var apiDomain = ""

    package init() {}
}
