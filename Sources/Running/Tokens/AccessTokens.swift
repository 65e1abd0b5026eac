package import Execution

/// An access token in use. Its text never appears in a description, a log, a journal or an error.
package struct AccessToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Numbers the tokens of one refresh token; a 401 refers to one generation.
    package let generation: Int
    /// The value after `Authorization: Zoho-oauthtoken `. For the transport only.
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
/// All members may be called on the control queue and must not block: waiting (for a lock file or
/// the accounts server) happens on the provider's own queue.
package protocol AccessTokens: Sendable {
    /// The token of one generation: the newest, or an older one that attempts still wait for; nil
    /// when it is not known (any more).
    func token(generation: Int) -> AccessToken?
    /// The newest token; nil if there is none yet.
    func current() -> AccessToken?
    /// Obtains a token newer than `refusedGeneration` (0 = any). Completes exactly once, on any
    /// queue.
    func refresh(
        refusedGeneration: Int,
        completion: @escaping @Sendable (TokenAnswer) -> Void)
    /// The API accepted a token of this generation. Called for every such answer, so it must be
    /// cheap.
    func accepted(generation: Int)
    /// The API has refused a fresh token of this generation: the run ends, and later ones need not
    /// try.
    func refusedPermanently(generation: Int)
    /// Sets who is notified of waits and how long they may last.
    func watch(_ watch: TokenWatch)
    /// Sets the handler for tokens that were renewed ahead of time; nil removes it, and nothing is
    /// renewed ahead of time.
    func whenRenewed(_ handler: (@Sendable (AccessToken) -> Void)?)
    /// Waits until all notes are written, before the process ends. Not to be called from a queue of
    /// the run.
    func flush()
}

extension AccessTokens {
    package func accepted(generation: Int) {}
    package func refusedPermanently(generation: Int) {}
    package func watch(_ watch: TokenWatch) {}
    package func whenRenewed(_ handler: (@Sendable (AccessToken) -> Void)?) {}
    package func flush() {}
}

/// Who is notified of waits for a token, and how long they may be.
package struct TokenWatch: Sendable {
    /// A notice for the user; on any queue, must not block.
    package var noticed: @Sendable (RunNotice) -> Void
    /// The start deadline in milliseconds since 1970: no wait that ends later is begun.
    package var startDeadlineMilliseconds: Int64?

    package init(
        noticed: @escaping @Sendable (RunNotice) -> Void = { _ in },
        startDeadlineMilliseconds: Int64? = nil
    ) {
        self.noticed = noticed
        self.startDeadlineMilliseconds = startDeadlineMilliseconds
    }
}

/// The result of a request for a token.
package enum TokenAnswer: Sendable {
    case ready(AccessToken)
    case unavailable(TokenProblem)
}

/// A single token from outside (`RELSWEEP_ACCESS_TOKEN`) that cannot be renewed.
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
