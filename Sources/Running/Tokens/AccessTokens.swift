package import Execution

/// An access token in use. Its text never appears in a description, a log, a journal or an error.
package struct AccessToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Counts the tokens of one refresh token; a 401 speaks of one generation.
    package let generation: Int
    /// What stands after `Authorization: Zoho-oauthtoken `. For the transport alone.
    package let secret: String

    package init(generation: Int, secret: String) {
        self.generation = generation
        self.secret = secret
    }

    package var description: String { "access token, generation \(generation)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where access tokens come from, and how they are renewed.
///
/// All members may be called on the control queue and must not block: whatever waits (a lock file,
/// the accounts server) waits on a queue of the provider's own.
package protocol AccessTokens: Sendable {
    /// The token of one generation: the newest, or an older one that attempts still wait for; nil
    /// when it is not known (any more).
    func token(generation: Int) -> AccessToken?
    /// The newest token there is; nil when there is none (yet): the run then asks for one first.
    func current() -> AccessToken?
    /// Gets a token newer than `refusedGeneration`; 0 = any. Exactly one completion, on any queue.
    func refresh(
        refusedGeneration: Int,
        completion: @escaping @Sendable (TokenAnswer) -> Void)
    /// The API has taken a token of this generation. Called for every answer that shows it: cheap.
    func accepted(generation: Int)
    /// The API has refused a fresh token of this generation: the run ends, and later ones need not
    /// try.
    func refusedPermanently(generation: Int)
    /// Who is told of waits, and how long they may be.
    func watch(_ watch: TokenWatch)
    /// Told of tokens that were renewed before anybody asked; nil = nobody cares any more, and
    /// nothing is renewed ahead of time.
    func whenRenewed(_ handler: (@Sendable (AccessToken) -> Void)?)
    /// Waits until what was told is kept; before a process ends. Not from a queue of the run's.
    func flush()
}

extension AccessTokens {
    package func accepted(generation: Int) {}
    package func refusedPermanently(generation: Int) {}
    package func watch(_ watch: TokenWatch) {}
    package func whenRenewed(_ handler: (@Sendable (AccessToken) -> Void)?) {}
    package func flush() {}
}

/// Who is told of waits for a token, and how long they may be.
package struct TokenWatch: Sendable {
    /// Something a person wants to know now; on any queue, must not block.
    package var noticed: @Sendable (RunNotice) -> Void
    /// Milliseconds since 1970: a wait that ends later is none worth beginning (`--until`).
    package var startDeadlineMilliseconds: Int64?

    package init(
        noticed: @escaping @Sendable (RunNotice) -> Void = { _ in },
        startDeadlineMilliseconds: Int64? = nil
    ) {
        self.noticed = noticed
        self.startDeadlineMilliseconds = startDeadlineMilliseconds
    }
}

/// What came of asking for a token.
package enum TokenAnswer: Sendable {
    case ready(AccessToken)
    case unavailable(TokenProblem)
}

/// One token, given from outside (`RELSWEEP_ACCESS_TOKEN`), that can't be renewed.
package struct StaticAccessToken: AccessTokens {
    private let token: AccessToken
    private let advice: String

    /// - Parameters:
    ///   - secret: The token; from the environment or a credential file, never from argv.
    ///   - host: The API host it is used at, for the advice after a 401.
    package init(secret: String, host: String) {
        token = AccessToken(generation: 1, secret: secret)
        advice =
            "the access token was refused by \(host): it has expired (Zoho's live one hour), or it "
            + "belongs to another data centre (a token of accounts.zoho.eu works only at "
            + "www.zohoapis.eu); give a fresh RELSWEEP_ACCESS_TOKEN, or check RELSWEEP_DATA_CENTER "
            + "and RELSWEEP_API_DOMAIN"
    }

    package func token(generation: Int) -> AccessToken? {
        generation == token.generation ? token : nil
    }

    package func current() -> AccessToken? { token }

    package func refresh(
        refusedGeneration: Int, completion: @escaping @Sendable (TokenAnswer) -> Void
    ) {
        completion(
            refusedGeneration < token.generation
                ? .ready(token) : .unavailable(.refused(advice)))
    }
}
