import Dispatch
import Execution
import JobModel
import Synchronization
import SystemCalls
import ZohoAPI

// Exchanges, waits, and renewal ahead of time. All of it happens on the tokens' own queue.

extension RefreshingTokens {
    func exchange(_ state: inout State, _ lock: OpenFile) {
        state.isBusy = true
        let began = setup.time.now().uptimeMilliseconds
        // The first exchange may use its full timeout, later ones only what remains of `giveUp`.
        let left = state.failingSince.map { max(1, giveUpMilliseconds - (began - $0)) }
        setup.accounts.exchange(
            within: left.map { .milliseconds($0) } ?? CurlAccountsService.maximumTimeout
        ) { [self] outcome in
            confined.async { [self] state in
                state.isBusy = false
                let isRenewal = state.waiters.isEmpty
                exchanged(outcome, &state, lock, began: began)
                if isRenewal { armRenewal(&state, isAgain: state.record?.isDue ?? false) }
                work(&state)
            }
        }
    }

    var giveUpMilliseconds: Int64 { setup.giveUp.nanoseconds / 1_000_000 }

    /// - Parameter began: Uptime at which the exchange left.
    func exchanged(
        _ outcome: Result<TokenExchangeResult, TransportFailure>, _ state: inout State,
        _ lock: OpenFile, began: Int64
    ) {
        let now = setup.time.now()
        // No other process has written, because the lock is held.
        var record = (state.record ?? TokenRecord(clock: now)).rebased(to: now)
        let problem = note(outcome, in: &record, &state, began: began)
        state.record = record
        // First the shared file, then the local waiters.
        do throws(TokenCacheError) {
            try setup.cache.write(record)
        } catch {
            // This process has its token and continues.
            report(error, &state)
        }
        lock.close()
        if case .success(.issued) = outcome { adopt(record, &state) }
        if let problem { fail(&state, problem) }
    }

    /// Applies the result of an exchange; returns a problem that ends the wait.
    func note(
        _ outcome: Result<TokenExchangeResult, TransportFailure>, in record: inout TokenRecord,
        _ state: inout State, began: Int64
    ) -> TokenProblem? {
        switch outcome {
        case .success(.issued(let token)):
            let known = max(state.waiters.map(\.refused).max() ?? 0, current()?.generation ?? 0)
            record.noteGranted(
                token: token.accessToken,
                lifetimeMilliseconds: token.lifetime.nanoseconds / 1_000_000,
                scope: token.scopes.joined(separator: " "), apiDomain: token.apiDomain ?? "",
                known: known)
        case .success(.lockedOut(let message, let wait)):
            record.noteLockedOut(forMilliseconds: wait.nanoseconds / 1_000_000)
            state.lastMessage = message
        case .success(.refused(let message)):
            let advice = credentialsAdvice(message)
            record.noteCredentialsRefused(credentials: setup.credentials, advice: advice)
            return .refused(advice)
        case .success(.unclear(let message)):
            exchangeFailed(message, &record, &state, since: began)
        case .failure(let failure):
            if !failure.leavesDoubt { record.withdrawExchange() }
            if failure.kind == .untrusted, current() == nil {
                return .unreachable(
                    "the accounts server \(setup.accountsHost) is not to be trusted, so no secret "
                        + "was sent: \(failure.message). If its certificate is meant to be another "
                        + "authority's, name that one's PEM file as caFile in the settings")
            }
            exchangeFailed(
                ServiceMessage(status: 0, code: "", text: failure.message), &record, &state,
                since: began)
        }
        return nil
    }

    func exchangeFailed(
        _ message: ServiceMessage, _ record: inout TokenRecord, _ state: inout State,
        since began: Int64
    ) {
        record.noteFailure(random: setup.time.random())
        state.lastMessage = message
        // No one waits for a renewal ahead of time.
        if state.waiters.isEmpty { return }
        if state.failingSince == nil {
            state.failingSince = began
            state.watch.noticed(
                .serviceFailing(
                    .accounts, "no access token yet: " + redacted(RefreshingTokens.text(message))))
        }
    }

    /// The record's token is the one to use now.
    func adopt(_ record: TokenRecord, _ state: inout State) {
        let token = AccessToken(generation: record.generation, secret: record.token)
        let isNew = published.withLock { published in
            let newest = published.tokens.last?.generation ?? 0
            guard token.generation > newest else { return false }
            published.tokens.append(token)
            published.grant.scopes = record.scope.split(separator: " ").map(String.init)
            published.grant.apiDomain = record.apiDomain
            published.tokens.removeFirst(
                max(0, published.tokens.count - RefreshingTokens.keptTokens))
            return true
        }
        state.lockOutWaits = 0
        state.failingSince = nil
        let served = state.waiters
        state.waiters = []
        for waiter in served { waiter.completion(.ready(token)) }
        if isNew {
            if served.isEmpty { state.renewed?(token) }
            armRenewal(&state)
        }
    }

    func fail(_ state: inout State, _ problem: TokenProblem) {
        let waiters = state.waiters
        state.waiters = []
        state.lockOutWaits = 0
        state.failingSince = nil
        for waiter in waiters { waiter.completion(.unavailable(problem)) }
    }

    func retry(after milliseconds: Int64, _ state: inout State) {
        state.isBusy = true
        setup.time.after(milliseconds, confined.queue) { [weak self] in
            guard let self else { return }
            confined.withValue { state in
                state.isBusy = false
                self.work(&state)
            }
        }
    }

    /// Waits as the record demands, or fails if that exceeds a bound of the run.
    func wait(
        until end: Int64, _ why: TokenRecord.Wait, _ record: TokenRecord, _ state: inout State
    ) {
        guard !state.waiters.isEmpty else { return }
        let length = max(0, end - record.clock.uptimeMilliseconds)
        let wallEnd = record.clock.wallMilliseconds + length
        let wallText = CivilTime.local(milliseconds: wallEnd).minuteText
        if why == .afterFailure {
            let since = state.failingSince ?? record.clock.uptimeMilliseconds
            state.failingSince = since
            if end - since >= giveUpMilliseconds || isPastStartDeadline(wallEnd, state) {
                let message = state.lastMessage.map { ": " + redacted(RefreshingTokens.text($0)) }
                return fail(
                    &state,
                    .unreachable(
                        "the accounts server \(setup.accountsHost) gives no access token"
                            + (message ?? "")))
            }
            return retry(after: length + 1, &state)
        }
        let cause =
            why == .lockedOut
            ? "the accounts server \(setup.accountsHost) locks this refresh token out "
                + "(Access Denied)"
            : "\(TokenRecord.maximumExchanges) tokens were asked for in ten minutes, an eleventh "
                + "would be locked out"
        let isTooLong =
            length > setup.longestWait.nanoseconds / 1_000_000
            || isPastStartDeadline(wallEnd, state)
        if isTooLong || state.lockOutWaits > 0 {
            return fail(&state, .throttled("\(cause); start again after \(wallText)"))
        }
        state.lockOutWaits += 1
        state.watch.noticed(
            .servicePaused(
                .accounts, seconds: Duration.milliseconds(length).secondsRoundedUp,
                ServiceMessage(status: 0, code: "", text: cause)))
        // Jitter, so that waiting processes do not retry simultaneously.
        retry(after: length + 1 + Int64(setup.time.random() * 1_000), &state)
    }

    func isPastStartDeadline(_ wallMilliseconds: Int64, _ state: State) -> Bool {
        state.watch.startDeadlineMilliseconds.map { wallMilliseconds > $0 } ?? false
    }

    // MARK: Renewal ahead of time

    func armRenewal(_ state: inout State, isAgain: Bool = false) {
        guard state.renewed != nil, let record = state.record, record.generation > 0 else {
            return
        }
        state.renewalTimer += 1
        let timer = state.renewalTimer
        let now = setup.time.now().uptimeMilliseconds
        // Spread over the first half of the margin, so that one process renews and the others find
        // the new token.
        let spread = Int64(Double(record.margin) * 0.5 * setup.time.random())
        let untilDue = record.expiresAt - record.margin - now
        let wait = (isAgain ? RefreshingTokens.renewalRetryMilliseconds : max(0, untilDue)) + spread
        setup.time.after(wait + 1, confined.queue) { [weak self] in
            guard let self else { return }
            confined.withValue { state in
                guard state.renewalTimer == timer, state.renewed != nil else { return }
                state.isRenewalDue = true
                self.work(&state)
            }
        }
    }
}

// Messages. No text contains a secret, even if the server repeated one.

extension RefreshingTokens {
    /// After a second refusal by the API.
    var refusedAdvice: String {
        "\(setup.apiHost) refused a fresh access token of \(setup.accountsHost): most likely the "
            + "account lives in another data centre (RELSWEEP_DATA_CENTER, RELSWEEP_API_DOMAIN and "
            + "RELSWEEP_ACCOUNTS_URL must be of the same), or the refresh token belongs to another "
            + "environment (production, sandbox, developer); no further token is asked for during "
            + "ten minutes, unless the credentials change"
    }

    func credentialsAdvice(_ message: ServiceMessage) -> String {
        let entry = ErrorCatalogue.entry(for: message.code)
        let meaning = entry.map { ": \($0.meaning); \($0.resolution)" } ?? ""
        return redacted(
            "the accounts server \(setup.accountsHost) refused the credentials "
                + "(\(RefreshingTokens.text(message)))\(meaning); a client or token of another "
                + "data centre looks like a wrong one: check RELSWEEP_DATA_CENTER and "
                + "RELSWEEP_ACCOUNTS_URL; it is not asked again during ten minutes, unless the "
                + "credentials change")
    }

    static func text(_ message: ServiceMessage) -> String {
        let words = [
            message.status > 0 ? "HTTP \(message.status)" : "", message.code, message.text,
        ]
        return SafeText.sanitised(words.filter { !$0.isEmpty }.joined(separator: ", "))
    }

    func redacted(_ text: String) -> String { setup.secrets.redacted(text) }
}
