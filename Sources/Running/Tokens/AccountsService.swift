package import ZohoAPI

/// Asks the accounts server for tokens of one client and grant.
package protocol AccountsService: Sendable {
    /// One exchange is one sending. Never blocks; exactly one completion, on any queue. After a
    /// failure it is not known whether the server acted, unless the request never left.
    ///
    /// - Parameter bound: The exchange fails after this time at the latest, regardless of the
    ///   service's own timeout.
    func exchange(
        within bound: Duration,
        completion: @escaping @Sendable (Result<TokenExchangeResult, TransportFailure>) -> Void)
}

/// The accounts server via libcurl, with a new connection per exchange, because exchanges are rare.
package struct CurlAccountsService: AccountsService {
    /// An exchange takes no longer than this, and no longer than a call may (`--timeout`).
    package static let maximumTimeout = Duration.seconds(30)

    private let grant: TokenGrant
    private let client: TokenClient
    private let settings: TransportSettings

    /// - Parameter settings: Endpoints, proxy, authorities and the timeout of a call.
    package init(_ grant: TokenGrant, client: TokenClient, settings: TransportSettings) {
        self.grant = grant
        self.client = client
        var settings = settings
        settings.timeout = min(settings.timeout, CurlAccountsService.maximumTimeout)
        settings.firstByteTimeout = nil
        settings.connectionCount = 1
        self.settings = settings
    }

    package func exchange(
        within bound: Duration,
        completion: @escaping @Sendable (Result<TokenExchangeResult, TransportFailure>) -> Void
    ) {
        var settings = settings
        settings.timeout = min(settings.timeout, bound)
        let request = TokenExchange.request(
            grant, client: client, path: settings.endpoints.tokenPath)
        let grantSecret =
            switch grant {
            case .refreshToken(let token): token
            case .authorisationCode(let code, _): code
            }
        let secrets = [client.secret, grantSecret]
        SingleRequest.send(request, authorization: nil, settings: settings) { result in
            completion(result.map { TokenExchange.classify($0, hiding: secrets) })
        }
    }
}
