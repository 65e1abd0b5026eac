/// The issued tokens and the exchange counts.
struct AccountsStore: Sendable {
    /// The state of a refresh token.
    struct Grant: Sendable {
        var refreshToken: String
        var clientID: String
        var scopes: [String]?
        /// Access tokens that may still be valid, oldest first.
        var accessTokens: [String] = []
    }

    /// An access token.
    struct Issued: Sendable {
        var refreshToken: String
        var scopes: [String]?
        /// Expiry.
        var expires: Int64
    }

    /// Exchanges of one refresh token or grant code.
    struct Throttle: Sendable {
        /// Times within the window.
        var times: [Int64] = []
        var lockedUntil = Int64.min
    }

    /// Live refresh tokens, oldest first.
    private(set) var grants: [Grant]
    private(set) var issued: [String: Issued] = [:]
    /// Codes not exchanged yet.
    private(set) var codes: [AccountsSettings.GrantCode]
    private var throttles: [String: Throttle] = [:]
    /// When the simulator's first request came.
    private var began: Int64?
    var generator: SeededGenerator

    init(_ settings: AccountsSettings, seed: UInt64) {
        grants = settings.refreshTokens.map {
            Grant(refreshToken: $0.token, clientID: $0.clientID, scopes: $0.scopes)
        }
        codes = settings.grantCodes
        // A separate generator, so that faults of calls do not depend on tokens.
        generator = SeededGenerator(seed: ~seed)
    }

    mutating func noteRequest(at now: Int64) {
        if began == nil { began = now }
    }

    /// The result of counting an exchange.
    enum Admission: Equatable {
        case admitted
        /// Too many; whether this one began the lock-out.
        case locked(isNew: Bool)
    }

    /// Counts an exchange, successful or not.
    mutating func admit(
        _ token: String, at now: Int64, _ settings: AccountsSettings
    ) -> Admission {
        // Unknown tokens share one counter, to bound memory.
        let isKnown =
            settings.clients.isEmpty && throttles.count < 1_000
            || grants.contains { $0.refreshToken == token }
            || settings.grantCodes.contains { $0.code == token }
        let key = isKnown ? token : ""
        var throttle = throttles[key] ?? Throttle()
        defer { throttles[key] = throttle }
        if now < throttle.lockedUntil {
            throttle.lockedUntil = max(
                throttle.lockedUntil, now + settings.lockOutExtensionNanoseconds)
            return .locked(isNew: false)
        }
        throttle.times.removeAll { $0 <= now - settings.windowNanoseconds }
        guard throttle.times.count < settings.maximumExchanges, settings.maximumExchanges > 0 else {
            throttle.lockedUntil = (throttle.times.first ?? now) + settings.windowNanoseconds
            return .locked(isNew: true)
        }
        throttle.times.append(now)
        return .admitted
    }

    func grant(_ refreshToken: String) -> Grant? {
        grants.first { $0.refreshToken == refreshToken }
    }

    /// Consumes a valid grant code.
    mutating func redeem(_ code: String, of clientID: String, at now: Int64)
        -> AccountsSettings.GrantCode?
    {
        guard let index = codes.firstIndex(where: { $0.code == code && $0.clientID == clientID })
        else { return nil }
        let taken = codes.remove(at: index)
        return now < (began ?? now) + taken.lifetimeNanoseconds ? taken : nil
    }

    /// Issues a refresh token; invalidates the client's oldest one beyond the limit.
    mutating func addGrant(
        _ clientID: String, scopes: [String]?, _ settings: AccountsSettings
    ) -> String {
        let token = freshToken()
        grants.append(Grant(refreshToken: token, clientID: clientID, scopes: scopes))
        if grants.count(where: { $0.clientID == clientID }) > settings.maximumRefreshTokens,
            let oldest = grants.first(where: { $0.clientID == clientID })
        {
            revoke(oldest.refreshToken)
        }
        return token
    }

    /// Issues an access token; invalidates the refresh token's oldest one beyond the limit.
    mutating func issue(
        _ refreshToken: String, at now: Int64, _ settings: AccountsSettings
    ) -> String {
        let token = freshToken()
        guard let index = grants.firstIndex(where: { $0.refreshToken == refreshToken }) else {
            preconditionFailure("a token was issued for an unknown refresh token")
        }
        for old in grants[index].accessTokens where (issued[old]?.expires ?? now) <= now {
            issued[old] = nil
        }
        grants[index].accessTokens.removeAll { issued[$0] == nil }
        if grants[index].accessTokens.count >= settings.maximumActiveTokens {
            issued[grants[index].accessTokens.removeFirst()] = nil
        }
        grants[index].accessTokens.append(token)
        issued[token] = Issued(
            refreshToken: refreshToken, scopes: grants[index].scopes,
            expires: now + settings.tokenLifetimeNanoseconds)
        return token
    }

    /// Revokes a refresh token with its access tokens, or one access token; false if unknown.
    @discardableResult
    mutating func revoke(_ token: String) -> Bool {
        if issued[token] != nil {
            issued[token] = nil
            return true
        }
        guard let index = grants.firstIndex(where: { $0.refreshToken == token }) else {
            return false
        }
        for access in grants.remove(at: index).accessTokens { issued[access] = nil }
        return true
    }

    /// `1000.` and twice 32 hexadecimal digits, as real ones look.
    mutating func freshToken() -> String {
        let parts = (0..<4).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return "1000.\(parts[0])\(parts[1]).\(parts[2])\(parts[3])"
    }
}

/// Statistics of the accounts server.
package struct AccountsCounts: Equatable, Sendable {
    /// Requests of any kind.
    package var requests = 0
    /// Access tokens issued.
    package var exchanges = 0
    /// Those of them that redeemed a grant code.
    package var codeExchanges = 0
    /// Requests answered with an error, lock-outs aside.
    package var failures = 0
    /// Requests answered `Access Denied`.
    package var throttled = 0
    /// Number of lockouts.
    package var lockOuts = 0
    /// Tokens revoked.
    package var revocations = 0
    /// Calls refused because of an expired, unknown or missing token.
    package var refusedTokens = 0
    /// Calls refused because of a missing scope.
    package var refusedScopes = 0
}
