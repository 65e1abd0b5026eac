/// Numbers of what happened at the accounts server.
package struct AccountsCounts: Equatable, Sendable {
    /// Requests, of whatever kind.
    package var requests = 0
    /// Access tokens handed out.
    package var exchanges = 0
    /// Of these, for a grant code.
    package var codeExchanges = 0
    /// Requests answered with an error, lock-outs aside.
    package var failures = 0
    /// Requests answered `Access Denied`.
    package var throttled = 0
    /// How often a lock-out began.
    package var lockOuts = 0
    /// Tokens revoked.
    package var revocations = 0
    /// Calls of a service refused for a token that was dead, unknown or missing.
    package var refusedTokens = 0
    /// Calls of a service refused for want of a scope.
    package var refusedScopes = 0
}
