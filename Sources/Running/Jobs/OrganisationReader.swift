package import ZohoAPI

/// Asks, before the first call of a run, to which organisation its access token belongs.
///
/// Data centre, host and client may be the same although the refresh token was replaced with
/// another organisation's: only this request detects that. It changes nothing.
package struct OrganisationReader: Sendable {
    /// The result of the request.
    package enum Reading: Equatable, Sendable {
        case known(OrganisationIdentity)
        /// The service does not disclose it to this token; with the reason.
        case withheld(String)
        /// No clear answer, this time: with why.
        case unanswered(String)
        /// The service accepts no more calls for now; with the reason.
        case throttled(String)
    }

    /// One request: exactly one completion, on any queue.
    package typealias Ask =
        @Sendable (
            AccessToken, @escaping @Sendable (Result<HTTPAnswer, TransportFailure>) -> Void
        ) -> Void

    private let tokens: any AccessTokens
    private let ask: Ask

    /// - Parameter ask: Sends `CheckRequest.organisation` with a token.
    package init(tokens: any AccessTokens, ask: @escaping Ask) {
        self.tokens = tokens
        self.ask = ask
    }

    /// Asks the API that `settings` name; an answer takes no longer than a call's may.
    package init(
        tokens: any AccessTokens, profile: ServiceProfile, settings: TransportSettings
    ) {
        var settings = settings
        settings.connectionCount = 1
        self.init(tokens: tokens) { [settings] token, completion in
            SingleRequest.send(
                CheckRequest.organisation.request(profile),
                authorization: "Zoho-oauthtoken \(token.secret)", settings: settings,
                completion: completion)
        }
    }

    /// Blocks the calling thread for two answers at most, and for a token's renewal between them.
    ///
    /// - Parameter sent: Called before each request.
    func read(sent: () -> Void) -> Reading {
        let scopes = (tokens as? RefreshingTokens)?.grant.scopes ?? []
        let need = TokenScopes.organisation
        if !scopes.isEmpty, !need.isMet(by: scopes) {
            return .withheld("the token lacks the scope \(need.anyOf[0])")
        }
        guard let token = tokens.current() else { return .unanswered("there is no access token") }
        sent()
        let first = ask(token)
        // A cached token may have been revoked; the result with a new one counts.
        guard case .refused = first, let newer = renewed(token) else { return reading(first) }
        sent()
        return reading(ask(newer))
    }

    private enum Answer {
        case status(CheckRequest.TokenStatus)
        case refused(ServiceMessage)
        case failure(String)
    }

    private func ask(_ token: AccessToken) -> Answer {
        let result: Result<HTTPAnswer, TransportFailure> = BlockingWait.value { ask(token, $0) }
        switch result {
        case .failure(let failure): return .failure(failure.message)
        case .success(let answer):
            let verdict = CheckRequest.organisation.classify(answer.withoutSecret(token.secret))
            if case .refused(let reply) = verdict { return .refused(reply) }
            tokens.accepted(generation: token.generation)
            return .status(verdict)
        }
    }

    private func renewed(_ token: AccessToken) -> AccessToken? {
        let answer: TokenAnswer = BlockingWait.value { completion in
            tokens.refresh(refusedGeneration: token.generation, completion: completion)
        }
        guard case .ready(let newer) = answer else { return nil }
        return newer
    }

    private func reading(_ answer: Answer) -> Reading {
        switch answer {
        case .failure(let message): return .unanswered(message)
        // The run's own calls will report this with advice.
        case .refused(let reply): return .withheld(RefreshingTokens.text(reply))
        case .status(.accepted(let organisation?)): return .known(organisation)
        case .status(.accepted(nil)):
            return .withheld("the token lacks the scope \(TokenScopes.organisation.anyOf[0])")
        case .status(.unclear(let reply)), .status(.refused(let reply)):
            let words = RefreshingTokens.text(reply)
            if reply.status == 429 { return .throttled(words) }
            let isPassing = reply.status == 408 || reply.status >= 500
            return isPassing ? .unanswered(words) : .withheld(words)
        }
    }
}
