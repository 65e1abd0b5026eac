internal import JobModel
internal import Running
internal import ZohoAPI

/// The source of a real account's access tokens, depending on the credentials.
struct AccountTokens {
    let tokens: any AccessTokens
    /// First 16 hexadecimal digits of the client id's SHA-256; empty with a bare access token.
    let clientHash: String
    let credentialKind: Credentials.Kind

    /// - Throws: 77 if credentials are missing, 74 if the shared token's directory is not
    ///   accessible.
    init(_ context: CommandContext, _ endpoints: ServiceEndpoints) throws(ToolFailure) {
        let credentials = context.credentials
        credentialKind = credentials.kind
        switch credentialKind {
        case .accessToken:
            tokens = StaticAccessToken(
                secret: credentials.accessToken ?? "", host: endpoints.apiDomain.host)
            clientHash = ""
        case .refreshToken:
            let parts = try RefreshCredentials(context)
            let cache = try context.running { () throws(RunningError) in
                let cache = parts.cache(
                    stateRoot: try StateDirectory.root(flag: context.settings[\.runs.state]),
                    endpoints)
                try cache.prepare()
                return cache
            }
            let service = CurlAccountsService(
                .refreshToken(parts.refreshToken),
                client: TokenClient(id: parts.clientID, secret: parts.clientSecret),
                settings: context.settings.transport(endpoints))
            var setup = RefreshingTokens.Setup(
                cache: cache, accounts: service, credentials: parts.fingerprint(endpoints),
                accountsHost: endpoints.accounts.host, apiHost: endpoints.apiDomain.host,
                secrets: SecretRedactor(credentials.secrets))
            let limits = context.settings.limits
            setup.longestWait = limits.outOfCallsAfter
            setup.giveUp = limits.giveUp
            tokens = RefreshingTokens(setup)
            clientHash = String(SHA256.hexadecimal(of: Array(parts.clientID.utf8)).prefix(16))
        case .incomplete(let missing):
            throw .running(RunningError(.credentials, AccountTokens.text(missing)))
        }
    }

    private static func text(_ missing: [Credentials.Name]) -> String {
        if missing.isEmpty {
            return "no credentials: set RELSWEEP_REFRESH_TOKEN, RELSWEEP_CLIENT_ID and "
                + "RELSWEEP_CLIENT_SECRET, or RELSWEEP_ACCESS_TOKEN (with systemd the credentials "
                + "relsweep-refresh-token and so on); relsweep auth exchange makes a refresh token "
                + "of a grant code"
        }
        let names = missing.map(\.variable).joined(separator: " and ")
        return "the credentials are not complete: set \(names), or the systemd "
            + "\(missing.count == 1 ? "credential" : "credentials") "
            + missing.map(\.credential).joined(separator: " and ")
    }
}

/// The three components that obtain access tokens from the accounts server.
struct RefreshCredentials: CustomStringConvertible {
    let refreshToken: String
    let clientID: String
    let clientSecret: String

    init(_ context: CommandContext) throws(ToolFailure) {
        guard let refreshToken = context.credentials.refreshToken,
            let clientID = context.credentials.clientID,
            let clientSecret = context.credentials.clientSecret
        else {
            preconditionFailure(
                "a refresh token was chosen without a client id and a client secret")
        }
        self.refreshToken = refreshToken
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    func cache(stateRoot: String, _ endpoints: ServiceEndpoints) -> TokenCache {
        TokenCache(
            stateRoot: stateRoot, accounts: Self.accounts(endpoints), clientID: clientID,
            refreshToken: refreshToken)
    }

    /// Identifies the credentials together with the API domain: a token refused at one domain may
    /// be valid at another.
    func fingerprint(_ endpoints: ServiceEndpoints) -> String {
        let parts = [
            Self.accounts(endpoints), endpoints.apiDomain.description, clientID, clientSecret,
            refreshToken,
        ]
        let text = parts.map { "\($0.utf8.count):\($0)" }.joined()
        return String(SHA256.hexadecimal(of: Array(text.utf8)).prefix(32))
    }

    private static func accounts(_ endpoints: ServiceEndpoints) -> String {
        endpoints.accounts.origin + endpoints.tokenPath
    }

    var description: String { "refresh credentials (not shown)" }
}
